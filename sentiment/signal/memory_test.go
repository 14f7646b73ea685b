package signal_test

import (
	"testing"

	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/signal/signaltest"
)

func TestMemoryKeepsItsContract(t *testing.T) {
	signaltest.TestMemory(t, func(*testing.T) signal.Memory { return signal.NewReplayMemory() })
}
