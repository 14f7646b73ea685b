package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// packer compresses bodies and documents. It is safe for concurrent use.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

const (
	// packAbove is the size in bytes from which a document is compressed. Below
	// it zstd saves a third of a page of the database at best, and costs more
	// than writing it (measured on the readings of headlines).
	packAbove = 2048
	// maxUnpacked bounds what a stored body may expand to. The crawler keeps
	// bodies far below it; more is a damaged row.
	maxUnpacked = 256 << 20
)

// zstdMagic begins every zstd frame, and no JSON text.
var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

func newPacker() (*packer, error) {
	// One encoder at a time (there is one writer), a small window and the
	// fastest level: the record costs less than the pages that made it.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxUnpacked), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	return &packer{enc: enc, dec: dec}, nil
}

func (p *packer) close() error {
	p.dec.Close()
	return p.enc.Close()
}

// squeeze compresses a body. The result is never nil, which a column that
// must not be NULL would refuse.
func (p *packer) squeeze(body []byte) []byte {
	return p.enc.EncodeAll(body, make([]byte, 0, len(body)/3+64))
}

// expand undoes squeeze.
func (p *packer) expand(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	return p.dec.DecodeAll(b, nil)
}

// replaced is how the encoder writes bytes that are not UTF-8; the character
// itself it writes as it is.
var replaced = []byte(`\ufffd`)

// pack returns *v as JSON, compressed when it is large, and leaves in v what
// unpack will give back.
func pack[T any](p *packer, v *T) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	doc := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if bytes.Contains(doc, replaced) {
		var kept T
		if err := json.Unmarshal(doc, &kept); err != nil {
			return nil, err
		}
		*v = kept
	}
	if len(doc) < packAbove {
		return doc, nil
	}
	return p.squeeze(doc), nil
}

// unpack undoes pack.
func (p *packer) unpack(doc []byte, v any) error {
	if bytes.HasPrefix(doc, zstdMagic) {
		var err error
		if doc, err = p.dec.DecodeAll(doc, nil); err != nil {
			return fmt.Errorf("damaged document: %w", err)
		}
	}
	if err := json.Unmarshal(doc, v); err != nil {
		return errors.Join(errors.New("damaged document"), err)
	}
	return nil
}
