package crawler

import (
	"fmt"
	"net/netip"
	"syscall"
)

// publicAddress reports nil for an address that belongs to the public
// internet, and otherwise why nothing is fetched from it: what a crawled page
// names must never lead into the machine or network that crawls.
//
// The ranges are those of the IANA special-purpose address registries that
// are not globally reachable (RFC 6890 and its updates). Addresses that carry
// an IPv4 address inside them (mapped, NAT64, 6to4, Teredo) are refused or
// judged by it.
func publicAddress(ip netip.Addr) error {
	ip = ip.Unmap().WithZone("")
	for _, r := range reserved {
		if r.prefix.Contains(ip) {
			return fail(ReasonRefused, "address %s: %s", ip, r.why)
		}
	}
	if nat64.Contains(ip) {
		b := ip.As16()
		return publicAddress(netip.AddrFrom4([4]byte(b[12:])))
	}
	if ip.Is6() && !globalUnicast6.Contains(ip) {
		return fail(ReasonRefused, "address %s: not global unicast", ip)
	}
	return nil
}

var (
	nat64          = netip.MustParsePrefix("64:ff9b::/96")
	globalUnicast6 = netip.MustParsePrefix("2000::/3")
	reserved       = []struct {
		prefix netip.Prefix
		why    string
	}{
		{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
		{netip.MustParsePrefix("10.0.0.0/8"), "private"},
		{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT"},
		{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
		{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
		{netip.MustParsePrefix("172.16.0.0/12"), "private"},
		{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments"},
		{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
		{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
		{netip.MustParsePrefix("192.168.0.0/16"), "private"},
		{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
		{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
		{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
		{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
		{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
		{netip.MustParsePrefix("::/128"), "unspecified"},
		{netip.MustParsePrefix("::1/128"), "loopback"},
		{netip.MustParsePrefix("64:ff9b:1::/48"), "local NAT64"},
		{netip.MustParsePrefix("2001::/23"), "protocol assignments, Teredo"},
		{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
		{netip.MustParsePrefix("2002::/16"), "6to4"},
		{netip.MustParsePrefix("3fff::/20"), "documentation"},
		{netip.MustParsePrefix("fc00::/7"), "private"},
		{netip.MustParsePrefix("fe80::/10"), "link-local"},
		{netip.MustParsePrefix("ff00::/8"), "multicast"},
	}
)

// control returns a [net.Dialer] control that refuses addresses. It runs
// after the name was resolved and before the connection is made, so that
// neither a redirect nor a name that changes its address gets round it.
func control(refuse func(netip.Addr) error) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fail(ReasonRefused, "address %q: %w", address, err)
		}
		if network != "tcp4" && network != "tcp6" {
			return fail(ReasonRefused, "network %s", network)
		}
		return refuse(ap.Addr())
	}
}

// guardProxied is the guard for requests that a proxy makes for us. The
// proxy resolves the name, so only an address written as such can be judged.
func guardProxied(host string, refuse func(netip.Addr) error) error {
	if host == "localhost" {
		return fmt.Errorf("host %s: %w", host, refuse(netip.IPv6Loopback()))
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return refuse(ip)
	}
	return nil
}
