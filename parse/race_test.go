//go:build race

package parse

// raced is whether the race detector runs: the libraries' pools are off then,
// and bytes allocated say nothing.
const raced = true
