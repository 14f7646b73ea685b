package crawler

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding names the content codings that decoded reads.
const acceptEncoding = "gzip, br, zstd"

// maxWindow bounds the memory of a zstd stream: 8 MiB is what RFC 9659 lets a
// server assume.
const maxWindow = 8 << 20

// decoded returns the body of res without its content coding. Reading more
// than limit bytes of the result fails with ReasonTooLarge: a body is whole or
// an error, never cut. Memory does not grow with what the sender claims.
func decoded(res *http.Response, limit int64) (io.ReadCloser, error) {
	coding := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding")))
	plain := coding == "" || coding == "identity"
	if plain && res.ContentLength > limit {
		return nil, fail(ReasonTooLarge, "body of %d bytes, limit %d", res.ContentLength, limit)
	}
	raw := res.Body // the caller puts what we return in its place
	wire := &recorder{r: raw}
	var r io.Reader = wire
	closing := raw.Close
	switch {
	case plain || res.Uncompressed:
	case coding == "gzip" || coding == "x-gzip":
		z, err := gzip.NewReader(wire)
		if err == io.EOF { // no body at all, though the header speaks of one: 304 and the like
			break
		}
		if err != nil {
			return nil, wire.blame("gzip", err)
		}
		r = coded{"gzip", z, wire}
	case coding == "br":
		r = coded{"br", brotli.NewReader(wire), wire}
	case coding == "zstd":
		z, err := zstd.NewReader(wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, wire.blame("zstd", err)
		}
		closing = func() error { z.Close(); return raw.Close() }
		r = coded{"zstd", z, wire}
	default:
		return nil, fail(ReasonEncoding, "content coding %q", coding)
	}
	return &bounded{r: r, limit: limit, left: limit, close: closing}, nil
}

// recorder remembers how the connection ended, so that a decoder's error can
// be told from it.
type recorder struct {
	r   io.Reader
	err error
}

func (w *recorder) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

// blame returns the connection's error when there is one, since a decoder can
// only stumble over it, and otherwise files err under ReasonEncoding.
func (w *recorder) blame(coding string, err error) error {
	if w.err != nil && w.err != io.EOF {
		return w.err
	}
	return fail(ReasonEncoding, "%s: %w", coding, err)
}

// coded is a decoder with the connection it reads from.
type coded struct {
	name string
	r    io.Reader
	wire *recorder
}

func (c coded) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		err = c.wire.blame(c.name, err)
	}
	return n, err
}

// bounded fails once more than limit bytes have been read.
type bounded struct {
	r           io.Reader
	limit, left int64
	close       func() error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fail(ReasonTooLarge, "body of more than %d bytes", b.limit)
	}
	return n, err
}

func (b *bounded) Close() error { return b.close() }

// gunzipped unpacks a file that is gzip by itself (a sitemap's ".gz"), with
// the same promise as decoded.
func gunzipped(r io.Reader, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fail(ReasonEncoding, "gzip: %w", err)
	}
	body, err := io.ReadAll(&bounded{r: z, limit: limit, left: limit})
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return body, nil
}
