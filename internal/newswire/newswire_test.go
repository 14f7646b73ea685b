package newswire

import "testing"

func TestNew(t *testing.T) {
	if _, err := New(Config{}); err != nil {
		t.Fatal(err)
	}
}
