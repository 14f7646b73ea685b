package corpus_test

import (
	"testing"

	"github.com/regwire/regwire/corpus"
)

func TestAmountString(t *testing.T) {
	for a, want := range map[corpus.Amount]string{
		{Value: 4.3e9, Unit: "USD"}: "USD 4.3bn", {Value: 1308, Unit: "BTC"}: "BTC 1,308", {Value: 999.5, Unit: "ETH"}: "ETH 999.5",
		{Value: 1e6, Unit: "EUR"}: "EUR 1m", {Value: 1.234e12, Unit: "JPY"}: "JPY 1.23tn", {Value: 84200, Unit: "GBP"}: "GBP 84,200",
	} {
		if got := a.String(); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}
