package store

// FrontierQueries are the queries on the frontier that visits make, with $n
// for the source, the state, the time and the limit, by what they are for.
func FrontierQueries() map[string]string {
	return map[string]string{"due": dueFrontier, "waiting": waitingFrontier, "open": openFrontier}
}
