package httpapi

// Paths lists the paths that are served.
func Paths() []string {
	var out []string
	for _, r := range (&api{}).routes() {
		out = append(out, r.path)
	}
	return out
}
