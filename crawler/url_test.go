package crawler

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCanonical(t *testing.T) {
	base, _ := url.Parse("https://News.Example/list/index.html?page=2")
	for _, tt := range []struct{ name, in, want string }{
		{"scheme and host in lower case", "HTTPS://Www.Example.COM/A", "https://www.example.com/A"},
		{"no default port", "http://a.example:80/x", "http://a.example/x"},
		{"other ports stay", "https://a.example:80/x", "https://a.example:80/x"},
		{"an empty path is the root", "https://a.example", "https://a.example/"},
		{"no fragment", "https://a.example/x#part-2", "https://a.example/x"},
		{"tracking parameters go, others keep their order", "https://a.example/x?utm_source=rss&b=2&UTM_Medium=x&a=1&fbclid=z", "https://a.example/x?b=2&a=1"},
		{"sessions go", "https://a.example/x;jsessionid=0A1?PHPSESSID=2&b=1", "https://a.example/x?b=1"},
		{"so does AMP, but not what is called so", "https://a.example/x?amp&b=1&amp=1&amp=no", "https://a.example/x?b=1&amp=no"},
		{"ampersands that were escaped twice", "https://a.example/x?a=1&amp;b=2&amp;utm_source=x", "https://a.example/x?a=1&b=2"},
		{"escaped tracking parameters go too", "https://a.example/x?utm%5Fsource=rss", "https://a.example/x"},
		{"dot segments", "https://a.example/a/./b/../c/", "https://a.example/a/c/"},
		{"escaped dot segments", "https://a.example/a/%2e%2E/c", "https://a.example/c"},
		{"dots never climb above the root", "https://a.example/../../c", "https://a.example/c"},
		{"escapes in one form", "https://a.example/%7euser/%e5%b8%81?q=%e5%b8%81", "https://a.example/~user/%E5%B8%81?q=%E5%B8%81"},
		{"letters beyond ASCII are escaped", "https://a.example/公告?标题=币", "https://a.example/%E5%85%AC%E5%91%8A?%E6%A0%87%E9%A2%98=%E5%B8%81"},
		{"hosts in Punycode", "https://中国.例子/x", "https://xn--fiqs8s.xn--fsqu00a/x"},
		{"relative to the listing", "../a/b?x=1", "https://news.example/a/b?x=1"},
		{"without a scheme", "//cdn.example/x", "https://cdn.example/x"},
		{"a query alone", "?page=3", "https://news.example/list/index.html?page=3"},
		{"an escaped slash is no slash", "https://a.example/a%2fb", "https://a.example/a%2Fb"},
		{"a trailing dot of the host", "https://a.example./x", "https://a.example/x"},
		{"IPv6", "http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"},
		{"space around", "  https://a.example/x \n", "https://a.example/x"},
		{"credentials are refused", "https://u:p@a.example/", ""},
		{"other schemes are refused", "javascript:alert(1)", ""},
		{"mail is refused", "mailto:a@example.com", ""},
		{"no host", "https:///x", ""},
		{"a host with a space", "https://a b/x", ""},
		{"a zone", "http://[fe80::1%25eth0]/", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Canonical(tt.in, base)
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("Canonical(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
			}
		})
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"https://a.example/x?utm_source=a&b=%zz#f", "//b/%2e%2e/..", "?a=1&&b", "/公告/./x", "http://[::1]:8080", "HTTP://A:443/%25%2f;x",
		"https://ex.ample/a%20b?q=a+b", "https://xn--fiqs8s/", "https://a_b.example/",
	} {
		f.Add(s)
	}
	base, _ := url.Parse("https://news.example/list/")
	f.Fuzz(func(t *testing.T, in string) {
		once, err := Canonical(in, base)
		if err != nil {
			return
		}
		twice, err := Canonical(once, nil)
		if err != nil || once != twice {
			t.Errorf("%q: once %q, twice %q, %v", in, once, twice, err)
		}
		u, err := url.Parse(once)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" {
			t.Errorf("%q: %q is no address of a page: %v", in, once, err)
		}
		if !utf8.ValidString(once) || strings.ContainsAny(once, " \r\n\t\"<>") {
			t.Errorf("%q: %q has bytes that do not belong in an address", in, once)
		}
	})
}
