package event

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// maxAmounts bounds the sums kept of one event, and maxAmount each: beyond it
// a page plays with digits, and what is no finite number cannot be stored.
const (
	maxAmounts = 6
	maxAmount  = 1e18
)

// Amounts returns the sums that sentences name, in the order in which they
// stand, each once: of money as ISO 4217 codes, of coins as tickers. A bare
// number, a share and a price without a unit are no sums.
func Amounts(sentences []string) []corpus.Amount {
	var out []corpus.Amount
	for _, s := range sentences {
		for i := 0; i < len(s) && len(out) < maxAmounts; {
			c := s[i]
			if c < '0' || c > '9' || i > 0 && wordByte(s[i-1]) {
				i++
				continue
			}
			a, end, ok := amountAt(s, i)
			if ok && a.Value <= maxAmount && !slices.Contains(out, a) {
				out = append(out, a)
			}
			i = end
		}
	}
	return out
}

// wordByte reports whether a digit behind c is part of a word or a number:
// "Web3", "FIL-7", "1.5".
func wordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' && c != 'D' && c != 'B' || c == '.' || c == '-' || c == '_' || c == '/'
}

// amountAt reads the sum whose first digit stands at i. end is where reading
// goes on.
func amountAt(s string, i int) (a corpus.Amount, end int, ok bool) {
	end = i
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || (s[end] == ',' || s[end] == '.') && end+1 < len(s) && s[end+1] >= '0' && s[end+1] <= '9') {
		end++
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(s[i:end], ",", ""), 64)
	if err != nil || x == 0 {
		return a, end, false
	}
	before := strings.TrimRight(s[:i], " \u00a0")
	rest := strings.TrimLeft(s[end:], " \u00a0")
	if m, n := oneOf(rest, magnitudes); n > 0 {
		x, rest = x*m, strings.TrimLeft(rest[n:], " \u00a0-")
		end = len(s) - len(rest)
	}
	for _, u := range unitsBefore {
		if strings.HasSuffix(before, u.name) && !letterBefore(before, u.name) {
			return corpus.Amount{Value: x, Unit: u.unit}, end, true
		}
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "worth of "), "枚")
	if unit, n := oneOf(rest, unitsAfter); n > 0 {
		return corpus.Amount{Value: x, Unit: unit}, len(s) - len(rest) + n, true
	}
	return a, max(end, i+1), false
}

// letterBefore reports whether a name made of letters is only the end of a
// longer word.
func letterBefore(s, name string) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:len(s)-len(name)])
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsLetter(first) && unicode.IsLetter(r) && r < 0x2e80
}

type named[T any] struct {
	name string
	unit T
}

// oneOf returns the value of the first of names that s begins with, and how
// long the name is. A name of letters has to end there.
func oneOf[T any](s string, names []named[T]) (value T, length int) {
	for _, n := range names {
		if len(s) < len(n.name) || !strings.EqualFold(s[:len(n.name)], n.name) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(n.name)
		if next, _ := utf8.DecodeRuneInString(s[len(n.name):]); last < 0x2e80 && len(s) > len(n.name) && next < 0x2e80 && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
			continue
		}
		return n.unit, len(n.name)
	}
	return value, 0
}

// Longer names come first.
var (
	magnitudes = []named[float64]{
		{"trillion", 1e12}, {"billion", 1e9}, {"million", 1e6}, {"thousand", 1e3}, {"crore", 1e7}, {"lakh", 1e5},
		{"tn", 1e12}, {"bn", 1e9}, {"mn", 1e6}, {"mln", 1e6}, {"t", 1e12}, {"b", 1e9}, {"m", 1e6}, {"k", 1e3},
		{"万亿", 1e12}, {"萬億", 1e12}, {"千亿", 1e11}, {"百亿", 1e10}, {"亿", 1e8}, {"億", 1e8}, {"千万", 1e7}, {"百万", 1e6}, {"万", 1e4}, {"萬", 1e4},
	}
	unitsBefore = []named[string]{
		{"HK$", "HKD"}, {"NT$", "TWD"}, {"US$", "USD"}, {"A$", "AUD"}, {"C$", "CAD"}, {"S$", "SGD"}, {"R$", "BRL"}, {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"},
		{"¥", "CNY"}, {"￥", "CNY"}, {"₩", "KRW"}, {"₹", "INR"}, {"₦", "NGN"}, {"₽", "RUB"},
		{"USD", "USD"}, {"EUR", "EUR"}, {"GBP", "GBP"}, {"CHF", "CHF"}, {"RMB", "CNY"}, {"CNY", "CNY"}, {"HKD", "HKD"}, {"SGD", "SGD"}, {"AED", "AED"},
		{"JPY", "JPY"}, {"KRW", "KRW"}, {"INR", "INR"}, {"AUD", "AUD"}, {"CAD", "CAD"}, {"TWD", "TWD"},
	}
	unitsAfter = []named[string]{
		{"Hong Kong dollars", "HKD"}, {"Singapore dollars", "SGD"}, {"Australian dollars", "AUD"}, {"Canadian dollars", "CAD"}, {"U.S. dollars", "USD"}, {"US dollars", "USD"},
		{"dollars", "USD"}, {"dollar", "USD"}, {"euros", "EUR"}, {"euro", "EUR"}, {"pounds", "GBP"}, {"yuan", "CNY"}, {"renminbi", "CNY"}, {"won", "KRW"}, {"yen", "JPY"},
		{"rupees", "INR"}, {"Swiss francs", "CHF"}, {"dirhams", "AED"}, {"USD", "USD"}, {"EUR", "EUR"}, {"GBP", "GBP"}, {"HKD", "HKD"}, {"SGD", "SGD"}, {"CHF", "CHF"},
		{"bitcoins", "BTC"}, {"bitcoin", "BTC"}, {"BTC", "BTC"}, {"ether", "ETH"}, {"ETH", "ETH"}, {"USDT", "USDT"}, {"USDC", "USDC"}, {"SOL", "SOL"}, {"XRP", "XRP"},
		{"BNB", "BNB"}, {"DOGE", "DOGE"},
		{"新台币", "TWD"}, {"新臺幣", "TWD"}, {"新加坡元", "SGD"}, {"新元", "SGD"}, {"人民币", "CNY"}, {"人民幣", "CNY"}, {"港元", "HKD"}, {"港币", "HKD"}, {"港幣", "HKD"},
		{"美元", "USD"}, {"美金", "USD"}, {"欧元", "EUR"}, {"歐元", "EUR"}, {"英镑", "GBP"}, {"英鎊", "GBP"}, {"韩元", "KRW"}, {"韓元", "KRW"}, {"日元", "JPY"}, {"日圓", "JPY"},
		{"澳元", "AUD"}, {"加元", "CAD"}, {"元", "CNY"}, {"比特币", "BTC"}, {"比特幣", "BTC"}, {"以太坊", "ETH"}, {"以太币", "ETH"}, {"以太幣", "ETH"}, {"泰达币", "USDT"},
	}
)
