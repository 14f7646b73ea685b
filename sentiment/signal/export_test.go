package signal

// NewReplayMemory lets the conformance suite see the memory of Replay.
func NewReplayMemory() Memory { return newReplayMemory() }
