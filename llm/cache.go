package llm

import (
	"context"
	"sync"
)

// Cache keeps the answers to a text, so that a text read again, after a crash
// or by a rebuilt follower, is not paid for again. Keys name the model, the
// version of the prompt and the text.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Put(ctx context.Context, key string, value []byte) error
}

// MemoryCache keeps the newest entries up to a number of them.
type MemoryCache struct {
	mu      sync.Mutex
	entries map[string][]byte
	order   []string // a ring of keys, oldest at next
	next    int
}

// NewMemoryCache returns a cache of at most size entries, at least one.
func NewMemoryCache(size int) *MemoryCache {
	return &MemoryCache{entries: map[string][]byte{}, order: make([]string, max(size, 1))}
}

// Get returns the value of key. It never fails.
func (c *MemoryCache) Get(_ context.Context, key string) ([]byte, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.entries[key]
	return v, ok, nil
}

// Put stores a value, in place of the oldest when the cache is full. It never
// fails.
func (c *MemoryCache) Put(_ context.Context, key string, value []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok {
		delete(c.entries, c.order[c.next])
		c.order[c.next] = key
		c.next = (c.next + 1) % len(c.order)
	}
	c.entries[key] = value
	return nil
}
