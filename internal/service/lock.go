package service

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock is held by the process that works on a data folder. The system lets go
// of it when the process ends, however it ends.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", path, ErrBusy)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &lock{f}, nil
}

func (l *lock) release() error { return l.file.Close() }

// holder names the process that works on a data folder among those that share
// a record. The name stays with the folder, so that a process that was killed
// goes on at once with what it had claimed; on another machine the folder is
// a copy, and gets a new one. The caller holds the folder's lock.
func holder(data string) (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("name of this machine: %w", err)
	}
	path := filepath.Join(data, "holder")
	b, err := os.ReadFile(path)
	name := strings.TrimSpace(string(b))
	if err == nil && strings.HasPrefix(name, host+"/") && len(name) > len(host)+8 {
		return name, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("data folder: %w", err)
	}
	name = host + "/" + rand.Text()[:10]
	if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return name, nil
}
