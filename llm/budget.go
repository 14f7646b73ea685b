package llm

import (
	"sync"
	"time"
)

// Budget bounds what a day may use, by UTC. Zero fields set no bound. What is
// used is counted in memory: a restart begins a new count.
type Budget struct {
	// TokensPerDay counts prompts and answers together.
	TokensPerDay int `yaml:"tokens_per_day,omitempty"`
	// CostPerDay is in the currency of the prices, which are per million tokens.
	CostPerDay  float64 `yaml:"cost_per_day,omitempty"`
	InputPrice  float64 `yaml:"input_price,omitempty"`
	OutputPrice float64 `yaml:"output_price,omitempty"`
}

func (b Budget) cost(input, output int) float64 {
	return (float64(input)*b.InputPrice + float64(output)*b.OutputPrice) / 1e6
}

// ledger counts what the day has used. A request is paid in advance at its
// worst, so that requests under way together cannot pass the bound together,
// and settled when its answer says what it took.
type ledger struct {
	budget Budget
	clock  func() time.Time

	mu     sync.Mutex
	day    string
	tokens int
	cost   float64
}

// bill is what one request was charged in advance.
type bill struct {
	day           string
	input, output int
}

// reserve charges a request, false when the day cannot pay for it.
func (l *ledger) reserve(input, output int) (bill, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if today := l.clock().UTC().Format(time.DateOnly); today != l.day {
		l.day, l.tokens, l.cost = today, 0, 0
	}
	tokens, cost := l.tokens+input+output, l.cost+l.budget.cost(input, output)
	if l.budget.TokensPerDay > 0 && tokens > l.budget.TokensPerDay || l.budget.CostPerDay > 0 && cost > l.budget.CostPerDay {
		return bill{}, false
	}
	l.tokens, l.cost = tokens, cost
	return bill{l.day, input, output}, true
}

// settle replaces what was charged by what was used. A request that began
// yesterday leaves today's count alone.
func (l *ledger) settle(b bill, input, output int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.day != l.day {
		return
	}
	l.tokens += input + output - b.input - b.output
	l.cost += l.budget.cost(input, output) - l.budget.cost(b.input, b.output)
}

// Spent is what has been used today.
type Spent struct {
	Tokens int     `json:"tokens"`
	Cost   float64 `json:"cost"`
}

func (l *ledger) spent() Spent {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clock().UTC().Format(time.DateOnly) != l.day {
		return Spent{}
	}
	return Spent{l.tokens, l.cost}
}
