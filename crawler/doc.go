// Package crawler fetches what sources publish.
package crawler
