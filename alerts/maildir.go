package alerts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	maildir "github.com/emersion/go-maildir"

	"github.com/regwire/regwire/corpus"
)

// Maildir delivers into a folder that mail readers can open, one file a mail.
type Maildir struct {
	dir maildir.Dir
	cfg Config
}

func newMaildir(cfg Config) (*Maildir, error) {
	d := &Maildir{dir: maildir.Dir(cfg.Maildir), cfg: cfg}
	if err := os.MkdirAll(filepath.Dir(cfg.Maildir), 0o700); err != nil {
		return nil, fmt.Errorf("maildir: %w", err)
	}
	if err := d.dir.Init(); err != nil {
		return nil, fmt.Errorf("maildir: %w", err)
	}
	return d, nil
}

// Send delivers a mail under a name made from its Message-ID, so that a second
// delivery replaces the first, and leaves alone what a reader has already
// taken to its own folder.
func (d *Maildir) Send(ctx context.Context, n corpus.Notification) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	key := fmt.Sprintf("%d.%s.regwire", n.CreatedAt.Unix(), corpus.Digest("M", n.MessageID))
	if _, err := d.dir.MessageByKey(key); err == nil {
		return nil
	}
	if err := d.deliver(key, n); err != nil {
		return &SendError{ReasonStorage, err}
	}
	return nil
}

// deliver writes the mail aside, syncs and moves it: a crash leaves it whole
// or absent, and a stray file in tmp that mail readers sweep. The library's
// own delivery gives random names, which a second delivery could not find.
func (d *Maildir) deliver(key string, n corpus.Notification) error {
	f, err := os.CreateTemp(filepath.Join(string(d.dir), "tmp"), key)
	if err != nil {
		return err
	}
	err = WriteMessage(f, n, d.cfg)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), filepath.Join(string(d.dir), "new", key))
}
