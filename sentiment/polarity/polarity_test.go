package polarity

import (
	"errors"
	"io/fs"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/sentiment/text"
)

func scorer(t testing.TB) *Scorer {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lexical returns what the lexicon alone makes of one sentence.
func lexical(s *Scorer, sentence, target string) float64 {
	d := &text.Document{Full: sentence, Sentences: []text.Sentence{{End: len(sentence)}}}
	r := s.Read(d, nil)
	sum, _ := r.weighItems(&r.sentences[0], Mentions(d, target), &Features{})
	return sum
}

func TestLexiconSigns(t *testing.T) {
	s := scorer(t)
	for _, c := range []struct {
		target, text string
		sign         float64
	}{
		{"", "Profit rose", 1},
		{"", "Costs rose", -1},
		{"", "Losses widened", -1},
		{"", "Losses narrowed", 1},
		{"", "Inflation eases", 1},
		{"", "Fears of a crackdown ease", 1},
		{"", "Higher costs at the bank", -1},
		{"", "The bank cut its losses", 1},
		{"", "The fund did not rise", -1},
		{"", "It is not good", -1},
		{"", "No risk was found", 1},
		{"", "The court dismissed the lawsuit", 1},
		{"", "Hopes fade", -1},
		{"", "The plan", 0},
		{"", "Sales were 5.2 million, compared with 4.9 million a year earlier", 1},
		{"", "Sales were 4.9 million against 5.2 million", -1},
		{"", "Losses were 5.2 million against 4.9 million", -1},
		{"", "Sales were 4.9 million against 5.2 billion", 0},
		{"Dogecoin", "Dogecoin +6% on the day", 1},
		{"Solana", "Solana -4.2% on the day", -1},
		{"", "Pages 4-6% of the book", 0},
		{"", "The country lifts its ten-year ban", 1},
		{"", "The ban was lifted", 1},
		{"", "The budget lifts costs", -1},
		{"", "The lawsuit was withdrawn", 1},
		{"Solana", "Solana recovers after the crash", 1},
		{"Binance", "The SEC sued Binance", -1},
		{"Acme", "Acme was fined by the SEC", -1},
		{"Acme", "Acme outperforms Globex", 1},
		{"Globex", "Acme outperforms Globex", -1},
		{"Ether", "Ether gains as Bitcoin falls", 1},
		{"Bitcoin", "Ether gains as Bitcoin falls", -1},
		{"Bitcoin", "Bitcoin slides; Ether, Solana surge", -1},
		{"Solana", "Bitcoin slides; Ether, Solana surge", 1},
		{"", "净利润同比增长", 1},
		{"", "亏损扩大", -1},
		{"", "亏损收窄", 1},
		{"", "加息预期降温", 1},
		{"", "加息预期升温", -1},
		{"", "加密市场迎来利好", 1},
		{"", "市場恐慌，價格暴跌", -1},
		{"", "没有上涨", -1},
		{"以太坊", "比特币下跌之际，以太坊逆势上涨", 1},
		{"比特币", "比特币下跌之际，以太坊逆势上涨", -1},
		{"", "公司未来发展", 0},
	} {
		v := lexical(s, c.text, c.target)
		if c.sign == 0 && v != 0 || c.sign != 0 && v*c.sign <= 0.05 {
			t.Errorf("%q for %q: %+.2f, want sign %+.0f", c.text, c.target, v, c.sign)
		}
	}
}

func TestLexiconOrder(t *testing.T) {
	s := scorer(t)
	for _, c := range []struct{ more, less string }{
		{"Bitcoin soars", "Bitcoin rises"},
		{"Bitcoin rose 21%", "Bitcoin rose 0.4%"},
		{"Bitcoin rose sharply", "Bitcoin rose slightly"},
		{"Bitcoin rallies", "Bitcoin may rally"},
		{"Bitcoin rallies", "Bitcoin rallies despite heavy losses at banks"},
		{"The exchange is insolvent", "The exchange denies that it is insolvent"},
	} {
		more, less := math.Abs(lexical(s, c.more, "")), math.Abs(lexical(s, c.less, ""))
		if more <= less {
			t.Errorf("%q (%.2f) should weigh more than %q (%.2f)", c.more, more, c.less, less)
		}
	}
}

func TestSubjectOfAnActIsLeftAlone(t *testing.T) {
	s := scorer(t)
	subject, object := lexical(s, "Acme sues Globex", "Acme"), lexical(s, "Acme sues Globex", "Globex")
	if math.Abs(subject) > 0.3*math.Abs(object) {
		t.Errorf("subject %.2f, object %.2f", subject, object)
	}
	if passive := lexical(s, "Globex sued by Acme", "Acme"); math.Abs(passive) > 0.3*math.Abs(object) {
		t.Errorf("subject of a passive %.2f", passive)
	}
}

func TestQuestionsCountLess(t *testing.T) {
	s := scorer(t)
	said, asked := s.Read(text.Read("Bitcoin crashes", "", "en"), nil).Overall(), s.Read(text.Read("Bitcoin crashes?", "", "en"), nil).Overall()
	if math.Abs(asked.Value) > 0.7*math.Abs(said.Value) {
		t.Errorf("asked %.2f, said %.2f", asked.Value, said.Value)
	}
}

func TestConfidence(t *testing.T) {
	s := scorer(t)
	clear := s.Read(text.Read("Bitcoin crashes", "The price plunged.\nHolders panicked.\nLosses mounted.", "en"), nil).Overall()
	mixed := s.Read(text.Read("Bitcoin crashes", "The price surged.\nHolders cheered.\nProfit soared to a record high.", "en"), nil).Overall()
	silent := s.Read(text.Read("", "央行 周四 开会", "zh"), nil).Overall()
	if c, m, n := s.Confidence(clear), s.Confidence(mixed), s.Confidence(silent); !(c > 0.6 && m < 0.7*c && n > 0.3 && n < 1) {
		t.Errorf("confidence: clear %.2f, mixed %.2f, silent %.2f", c, m, n)
	}
	if len(clear.Evidence) != 3 || clear.Evidence[0] != "Bitcoin crashes" || len(silent.Evidence) != 0 {
		t.Errorf("evidence %q, %q", clear.Evidence, silent.Evidence)
	}
}

func TestMentions(t *testing.T) {
	d := text.Read("", "HDFC bank rises. Nifty 50 falls as the NIFTY 50 sinks. Acme gains.", "en")
	for name, want := range map[string]int{"HDFC Bank": 1, "Nifty 50": 2, "Acme Corp.": 1, "Acme Widgets Ltd": 1, "Globex": 0, "": 0, "  ": 0, "HDFC Bank Ltd": 1} {
		if got := len(Mentions(d, name)); got != want {
			t.Errorf("%q: %d mentions, want %d", name, got, want)
		}
	}
}

// TestData checks the word lists: an origin and a review date, weights in
// range, signs that fit their kinds, nothing listed in vain.
func TestData(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"en", "zh"} {
		b, err := fs.ReadFile(dataFiles, "data/"+name+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if head, _, _ := strings.Cut(string(b), "\nkind,"); !strings.Contains(head, "Origin: ") || !regexp.MustCompile(`Reviewed \d{4}-\d\d-\d\d`).MatchString(head) {
			t.Errorf("%s: no origin or review date in its header", name)
		}
		words, err := readWords(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			sign := 0.0
			switch w.kind {
			case up:
				sign = 1
			case down, bad, negator, denial:
				sign = -1
			}
			if math.Abs(w.weight) > 1.5 || w.weight*sign < 0 {
				t.Errorf("%s: %q has weight %v", name, w.form, w.weight)
			}
			if w.form == "" || strings.TrimSpace(w.form) != w.form {
				t.Errorf("%s: form %q", name, w.form)
			}
		}
		for line := range strings.SplitSeq(string(b), "\n") {
			fields := strings.SplitN(line, ",", 3)
			if len(fields) < 3 || strings.HasPrefix(line, "#") || fields[0] == "kind" {
				continue
			}
			for entry := range strings.SplitSeq(fields[2], ";") {
				fresh := false
				for _, f := range inflect(kindNames[fields[0]], entry) {
					f = text.FoldString(f)
					fresh = fresh || !seen[f]
					seen[f] = true
				}
				if !fresh {
					t.Errorf("%s: %q is listed already", name, entry)
				}
			}
		}
	}
}

func TestInflect(t *testing.T) {
	for _, c := range []struct {
		kind kind
		form string
		want string
	}{
		{up, "climb", "climb climbs climbed climbing"},
		{up, "surge", "surge surges surged surging"},
		{down, "slip+", "slip slips slipped slipping"},
		{up, "bounce back", "bounce back,bounces back,bounced back,bouncing back"},
		{verb, "bury", "bury buries buried burying"},
		{act, "crush", "crush crushes crushed crushing"},
		{bad, "cost", "cost costs"},
		{bad, "losses", "losses"},
		{up, "rise|rose", "rise rose"},
		{polar, "bullish", "bullish"},
		{up, "上涨", "上涨"},
	} {
		sep := " "
		if strings.Contains(c.want, ",") {
			sep = ","
		}
		if diff := cmp.Diff(strings.Split(c.want, sep), inflect(c.kind, c.form)); diff != "" {
			t.Errorf("%s: %s", c.form, diff)
		}
	}
}

func TestModelFile(t *testing.T) {
	m, err := DecodeModel(modelFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(m.Encode()) != string(modelFile) {
		t.Error("a model that is read and written again should be the same file")
	}
	if _, err := DecodeModel(modelFile[:100]); !errors.Is(err, ErrModel) {
		t.Errorf("a cut file: %v", err)
	}
	var f Features
	if p := m.Probabilities(&f); math.Abs(p[0]+p[1]+p[2]-1) > 1e-9 {
		t.Errorf("probabilities %v", p)
	}
}

// learn returns what the model sees of one sentence.
func learn(s *Scorer, sentence, target string) Features {
	d := text.Read(sentence, "", "en")
	return s.Read(d, nil).Features(0, Mentions(d, target))
}

func TestModelSeesWhichSideOfTheTarget(t *testing.T) {
	s := scorer(t)
	a, b := learn(s, "Acme beats Globex", "Acme"), learn(s, "Acme beats Globex", "Globex")
	if cmp.Equal(a.Hashed, b.Hashed) {
		t.Error("the words beside the target should be told apart")
	}
	if !cmp.Equal(a, learn(s, "Umbra beats Globex", "Umbra")) {
		t.Error("the name of the target should not matter")
	}
}

func TestPlainTextSaysLess(t *testing.T) {
	s := scorer(t)
	told, explained := lexical(s, "Bitcoin crashes", ""), lexical(s, "Bitcoin crashes explained", "")
	if math.Abs(explained) > 0.5*math.Abs(told) {
		t.Errorf("explained %.2f, told %.2f", explained, told)
	}
}

func TestConfidenceCurve(t *testing.T) {
	c := Curve{0: 1, 10: 0.5, 20: 0.8}
	for score, want := range map[float64]float64{-1: 1, -2: 1, 0: 0.5, 1: 0.8, 3: 0.8, 0.95: 0.4, -0.95: 0.5} {
		if got := c.At(score); math.Abs(got-want) > 1e-6 {
			t.Errorf("at %v: %v, want %v", score, got, want)
		}
	}
	s := scorer(t)
	for _, pair := range [][2]float64{{0.9, 0.4}, {-0.9, -0.4}, {0, 0.1}} {
		sure, unsure := s.Confidence(Score{Value: pair[0], Agreement: 1}), s.Confidence(Score{Value: pair[1], Agreement: 1})
		if sure < unsure || sure > 1 || unsure < 0 {
			t.Errorf("confidence %.2f at %v, %.2f at %v", sure, pair[0], unsure, pair[1])
		}
	}
}

func TestTitleOfSeveralSentencesIsOne(t *testing.T) {
	s := scorer(t)
	d := text.Read("Bitcoin slips. Ether gains! What next?", "Nothing else.", "en")
	before := len(d.Sentences)
	r := s.Read(d, nil)
	if len(d.Sentences) != before {
		t.Error("the caller's document was changed")
	}
	if n := len(r.sentences); n != 2 {
		t.Fatalf("%d sentences, want the title and one of the body", n)
	}
	if got := r.doc.Text(r.doc.Sentences[0]); got != "Bitcoin slips. Ether gains! What next?" {
		t.Errorf("title %q", got)
	}
}
