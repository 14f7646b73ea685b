package story_test

import (
	"testing"

	"github.com/regwire/regwire/sentiment/story"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

func TestMemoryKeepsItsContract(t *testing.T) {
	storytest.TestMemory(t, func(*testing.T) story.Memory { return storytest.NewMemory() })
}
