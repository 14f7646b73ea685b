package crawler

// Reason says why a page was not captured or a visit failed. The set is
// closed: the frontier's rows, the metrics' labels and the log use these
// words and no others.
type Reason string

// The reasons.
const (
	ReasonNone        Reason = ""             // nothing failed
	ReasonAddress     Reason = "bad-address"  // not a URL that can be fetched
	ReasonRefused     Reason = "refused"      // the address guard: private, loopback, link-local …
	ReasonRobots      Reason = "robots"       // robots.txt forbids it, or could not be read
	ReasonResolve     Reason = "resolve"      // the host name has no address
	ReasonNetwork     Reason = "network"      // no connection, or it broke before the body was complete
	ReasonTLS         Reason = "tls"          // certificate or handshake
	ReasonTimeout     Reason = "timeout"      // no complete answer in time
	ReasonRedirects   Reason = "redirects"    // too many, or to where nothing may be fetched
	ReasonTooLarge    Reason = "too-large"    // body over the limit, as sent or unpacked
	ReasonEncoding    Reason = "encoding"     // content coding unknown or broken
	ReasonRateLimited Reason = "rate-limited" // 429
	ReasonForbidden   Reason = "forbidden"    // 401, 403, 451, or a wall against robots under 200
	ReasonMissing     Reason = "missing"      // 404, 410
	ReasonClient      Reason = "client-error" // any other 4xx, and what is neither success nor error
	ReasonServer      Reason = "server-error" // 5xx
	ReasonMalformed   Reason = "malformed"    // the listing is not what it should be
	ReasonEmpty       Reason = "empty"        // the listing is valid and holds nothing
	ReasonDecoy       Reason = "decoy"        // a page for people under the address of a feed or an API
	ReasonDeferred    Reason = "deferred"     // the server asked us to wait, and we do
	ReasonClaimed     Reason = "claimed"      // another process is at it
	ReasonSink        Reason = "sink"         // the corpus did not take the capture
	ReasonState       Reason = "state"        // the crawler's own state could not be read or saved
	ReasonCancelled   Reason = "cancelled"    // we are shutting down
)

// Reasons returns every reason but ReasonNone.
func Reasons() []Reason {
	return []Reason{
		ReasonAddress, ReasonRefused, ReasonRobots, ReasonResolve, ReasonNetwork, ReasonTLS, ReasonTimeout,
		ReasonRedirects, ReasonTooLarge, ReasonEncoding, ReasonRateLimited, ReasonForbidden, ReasonMissing,
		ReasonClient, ReasonServer, ReasonMalformed, ReasonEmpty, ReasonDecoy, ReasonDeferred, ReasonClaimed, ReasonSink,
		ReasonState, ReasonCancelled,
	}
}
