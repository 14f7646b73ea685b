package crawler

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// errAddress is wrapped by every refusal of Canonical.
var errAddress = errors.New("not an address of a page")

// Canonical returns the canonical form of a page's address, resolved against
// base when base is not nil: scheme and host in lower case, the host in
// Punycode, no default port, no dot segments, escapes in one form, no
// fragment, and none of the parameters that tell a publisher where a reader
// came from, which session is theirs, or that they want the page in AMP. The order of the other parameters is kept, since some sites
// depend on it. It is idempotent. It refuses what is not http or https, has
// no host, or carries a password.
func Canonical(raw string, base *url.URL) (string, error) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errAddress, err)
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("%w: scheme %q", errAddress, u.Scheme)
	}
	if u.User != nil {
		return "", fmt.Errorf("%w: carries credentials", errAddress)
	}
	host, err := canonicalHost(u)
	if err != nil {
		return "", err
	}
	out := u.Scheme + "://" + host + canonicalPath(u)
	if q := canonicalQuery(u.RawQuery); q != "" {
		out += "?" + q
	}
	return out, nil
}

func canonicalHost(u *url.URL) (string, error) {
	name := strings.ToLower(u.Hostname())
	if strings.Contains(name, ":") { // IPv6; a zone never leaves its machine
		if strings.Contains(name, "%") {
			return "", fmt.Errorf("%w: address with a zone", errAddress)
		}
		name = "[" + name + "]"
	} else {
		// Names with an underscore and the like resolve, though IDNA refuses
		// them; such a name must at least be plain.
		if ascii, err := idna.Lookup.ToASCII(name); err == nil {
			name = ascii
		}
		name = strings.TrimRight(name, ".")
		if name == "" || name[0] == '.' || strings.Contains(name, "..") || strings.ContainsFunc(name, func(r rune) bool { return !hostRune(r) }) {
			return "", fmt.Errorf("%w: host %q", errAddress, name)
		}
	}
	port := u.Port()
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return name, nil
	}
	return net.JoinHostPort(strings.Trim(name, "[]"), port), nil
}

func hostRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_'
}

// canonicalPath resolves dot segments and writes every escape that is needed,
// and no other, in upper case.
func canonicalPath(u *url.URL) string {
	p := sessionPath.ReplaceAllString(normalizeEscapes(u.EscapedPath()), "")
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	var out []string
	segments := strings.Split(p, "/")[1:]
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
			if last {
				out = append(out, "")
			}
		case "..":
			out = out[:max(len(out)-1, 0)]
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return "/" + strings.Join(out, "/")
}

// canonicalQuery drops tracking parameters and normalizes the escapes of the rest.
func canonicalQuery(raw string) string {
	var kept []string
	for _, pair := range strings.Split(raw, "&") {
		pair = normalizeEscapes(pair)
		for strings.HasPrefix(pair, "amp;") { // escaped twice, as many feeds do
			pair = pair[len("amp;"):]
		}
		name, value, _ := strings.Cut(pair, "=")
		amp := strings.EqualFold(name, "amp") && slices.Contains([]string{"", "1", "true"}, value)
		if pair != "" && !amp && !tracking(name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// sessionPath matches the session that Java servers write into paths.
var sessionPath = regexp.MustCompile(`(?i);jsessionid=[^/;?]*`)

// tracking reports whether a query parameter only tells where a reader came
// from. The list holds the names that the large mail, advertising and social
// services add by themselves; a site's own parameters are left alone.
func tracking(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "utm_") || slices.Contains([]string{
		"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
		"mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "hsctatracking", "_ga", "_gl", "oly_anon_id", "oly_enc_id",
		"vero_id", "wickedid", "spm", "scm", "share_token", "share_source", "share_medium",
		"jsessionid", "phpsessid", "sessionid", "session_id", "cfid", "cftoken", // a new address at each visit
	}, name)
}

// normalizeEscapes decodes escapes of unreserved characters (RFC 3986,
// section 2.3), writes the others in upper case, and escapes what may not
// stand in a URL.
func normalizeEscapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			d := unhex(s[i+1])<<4 | unhex(s[i+2])
			if unreserved(d) {
				b.WriteByte(d)
			} else {
				b.WriteString(strings.ToUpper(s[i : i+3]))
			}
			i += 2
			continue
		}
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^`+"`{|}%#", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
