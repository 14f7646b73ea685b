package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/parse"
	"github.com/regwire/regwire/sentiment"
)

func (a *app) parse() *cobra.Command {
	var jsonl bool
	var address string
	cmd := &cobra.Command{
		Use: "parse [FILE…] | --jsonl", Short: "Show what is read out of pages; nothing is stored",
		Long: `Parse pages into articles: title, authors, dates, language and body.

  regwire parse page.html --url https://example.com/news/1
  regwire parse --jsonl < pages.jsonl

With --jsonl, standard input holds {"path","url"} lines, an HTML file and the
address it came from, and standard output gets one line for each, in order:
{"url","title","authors","published_at","modified_at","lang","body","articles",
"error"}. A bad line gives an error line.`,
		RunE: func(cmd *cobra.Command, files []string) error {
			p := parse.New(parse.Config{})
			if jsonl {
				if len(files) > 0 {
					return usageError{errors.New("--jsonl reads standard input and takes no files")}
				}
				return p.Lines(cmd.Context(), input(cmd), cmd.OutOrStdout())
			}
			if len(files) == 0 {
				return usageError{errors.New("name a file, or use --jsonl")}
			}
			var lines strings.Builder
			for _, f := range files {
				at := address
				if at == "" {
					abs, err := filepath.Abs(f)
					if err != nil {
						return err
					}
					at = (&url.URL{Scheme: "file", Path: abs}).String()
				}
				if err := printJSON(&lines, map[string]string{"path": f, "url": at}); err != nil {
					return err
				}
			}
			r, w := io.Pipe()
			defer r.Close()
			go func() { w.CloseWithError(p.Lines(cmd.Context(), strings.NewReader(lines.String()), w)) }()
			return a.showParsed(cmd, r)
		},
	}
	cmd.Flags().BoolVar(&jsonl, "jsonl", false, "read {\"path\",\"url\"} lines, write one line for each")
	cmd.Flags().StringVar(&address, "url", "", "the address the page came from")
	return cmd
}

// showParsed prints what the parser's lines say.
func (a *app) showParsed(cmd *cobra.Command, lines io.Reader) error {
	dec := json.NewDecoder(lines)
	pages, failed := 0, 0
	for {
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		var page parsed
		if err := json.Unmarshal(raw, &page); err != nil {
			return err
		}
		pages++
		if page.Error != "" {
			failed++
		}
		if err := a.showPage(cmd, raw, page); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d pages could not be parsed", failed, pages)
	}
	return nil
}

// parsed is what people are shown of a line of the parser.
type parsed struct {
	URL      string `json:"url"`
	Error    string `json:"error"`
	Articles []struct {
		Title       string   `json:"title"`
		Authors     []string `json:"authors"`
		PublishedAt string   `json:"published_at"`
		Lang        string   `json:"lang"`
		Body        string   `json:"body"`
	} `json:"articles"`
}

func (a *app) showPage(cmd *cobra.Command, raw json.RawMessage, page parsed) error {
	if a.json {
		return printJSON(cmd.OutOrStdout(), raw)
	}
	if page.Error != "" {
		return say(cmd.ErrOrStderr(), "%s: %s\n", page.URL, page.Error)
	}
	for _, art := range page.Articles {
		about := slices.DeleteFunc([]string{strings.Join(art.Authors, ", "), art.PublishedAt, art.Lang}, func(s string) bool { return s == "" })
		err := say(cmd.OutOrStdout(), "%s\n%s\n\n%s\n\n", art.Title, strings.Join(about, " · "), strings.ReplaceAll(art.Body, "\n", "\n\n"))
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) analyze() *cobra.Command {
	var jsonl bool
	var text corpus.Text
	cmd := &cobra.Command{
		Use: "analyze [FILE|-] | --jsonl", Short: "Show what is understood of texts; nothing is stored",
		Long: `Analyze a text: entities, sentiment per target, events, instruments.

  echo "SEC drops its case against Coinbase" | regwire analyze -
  regwire analyze notice.txt --title "关于虚拟货币的通知"
  regwire analyze --jsonl < texts.jsonl

With --jsonl, standard input holds {"id","title","text","target","lang",
"published_at"} lines (all but id and text optional), and standard output gets
one line for each, in order: {"id","lang","score","label","regulatory",
"entities","sentiment","events","instruments"}. A bad line gives an error line.
With --json the reading of the one text is such a line.`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			analyzer, err := sentiment.New(sentiment.Config{Entities: cfg.Entities})
			if err != nil {
				return err
			}
			if jsonl {
				if len(files) > 0 {
					return usageError{errors.New("--jsonl reads standard input and takes no file")}
				}
				return analyzer.Lines(cmd.Context(), input(cmd), cmd.OutOrStdout())
			}
			if len(files) == 0 {
				return usageError{errors.New("name a file, - for standard input, or use --jsonl")}
			}
			in := input(cmd)
			if files[0] != "-" {
				f, err := os.Open(files[0])
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			body, err := io.ReadAll(bufio.NewReader(io.LimitReader(in, maxText)))
			if err != nil {
				return err
			}
			text.ID, text.Body = files[0], strings.ToValidUTF8(string(body), "\uFFFD")
			if a.json {
				var line strings.Builder
				err := printJSON(&line, map[string]string{"id": text.ID, "title": text.Title, "text": text.Body, "lang": text.Lang, "target": text.Target})
				return errors.Join(err, analyzer.Lines(cmd.Context(), strings.NewReader(line.String()), cmd.OutOrStdout()))
			}
			return showReading(cmd.OutOrStdout(), analyzer.Analyze(text))
		},
	}
	f := cmd.Flags()
	f.BoolVar(&jsonl, "jsonl", false, "read one text a line, write one line for each")
	f.StringVar(&text.Title, "title", "", "headline of the text")
	f.StringVar(&text.Lang, "lang", "", "en or zh (default: detected)")
	f.StringVar(&text.Target, "target", "", "whose sentiment is asked for")
	return cmd
}

// maxText is the most that is read of one text, in bytes.
const maxText = 8 << 20

func showReading(w io.Writer, a corpus.Analysis) error {
	var b strings.Builder
	fmt.Fprintf(&b, "language %s   score %+.2f (confidence %.2f)   regulatory %v\n", a.Lang, a.Score, a.Confidence, a.Regulatory)
	for _, e := range a.Events {
		fmt.Fprintf(&b, "event      %s, %s, stance %+.2f, %s  %s %s\n", e.Type, e.Severity, e.Stance, e.Status, join(e.Jurisdictions), strings.Join(e.Regulators, ", "))
		for _, q := range e.Evidence {
			fmt.Fprintf(&b, "           “%s”\n", clip(q, 160))
		}
	}
	for _, i := range a.Instruments {
		fmt.Fprintf(&b, "instrument %s (%s, %s), %s\n", i.ID, i.Issuer, i.Jurisdiction, i.Status)
		for _, r := range i.Relations {
			fmt.Fprintf(&b, "           %s %s\n", r.Kind, r.To)
		}
	}
	for _, s := range a.Sentiments {
		fmt.Fprintf(&b, "sentiment  %-12s %+.2f  confidence %.2f  relevance %.2f\n", s.Target, s.Score, s.Confidence, s.Relevance)
	}
	for _, e := range a.Entities {
		fmt.Fprintf(&b, "entity     %-12s %s  relevance %.2f\n", e.Kind, e.Name, e.Relevance)
	}
	return say(w, "%s", b.String())
}

func (a *app) search() *cobra.Command {
	var q index.Query
	cmd := &cobra.Command{
		Use: "search QUERY…", Short: "Find articles",
		Long: "Find articles in the index. While a service works on the data folder, it is\nasked.\n\n" + index.Syntax + `

  regwire search stablecoin reserve regulator:SEC since:2026-01-01
  regwire search '"market abuse" -airdrop' --sort newest --json`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, words []string) error {
			q.Text = strings.Join(words, " ")
			res, err := a.find(cmd, q)
			if err != nil {
				return err
			}
			if a.json {
				for _, h := range res.Hits {
					if err := printJSON(cmd.OutOrStdout(), newHit(h)); err != nil {
						return err
					}
				}
				return nil
			}
			var b strings.Builder
			fmt.Fprintf(&b, "%d articles\n", res.Total)
			for _, h := range res.Hits {
				fmt.Fprintf(&b, "\n%s\n%s · %s · %s\n%s\n", clip(h.Title, 200), h.Source, day(h.PublishedAt), h.URL, clip(h.Snippet, 400))
			}
			return say(cmd.OutOrStdout(), "%s", b.String())
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if strings.Contains(err.Error(), "shorthand") {
			err = fmt.Errorf("%w (a query that begins with - goes behind --: regwire search -- -airdrop stablecoin)", err)
		}
		return usageError{err}
	})
	f := cmd.Flags()
	f.Var(oneOf(&q.Sort, index.ByRelevance, index.ByNewest), "sort", "relevance (default) or newest")
	limitFlag(cmd, &q.Limit, 20, 1000)
	f.Var(&number{&q.Offset, 0, 1_000_000}, "offset", "skip so many")
	return cmd
}

// hit is the line that `search --json` prints.
type hit struct {
	index.Hit
	PublishedAt *time.Time `json:"published_at"` // null where the source claims none
}

func newHit(h index.Hit) hit {
	if h.PublishedAt.IsZero() {
		return hit{Hit: h}
	}
	return hit{h, &h.PublishedAt}
}

// find asks the index, or the service that has it open.
func (a *app) find(cmd *cobra.Command, q index.Query) (res index.Result, err error) {
	cfg, err := a.config()
	if err != nil {
		return res, err
	}
	if at, ok := service.Running(a.data); ok {
		return askService(cmd, at, string(cfg.HTTP.Token), q)
	}
	err = a.read(cmd.Context(), cfg, func(db *store.DB) error {
		dir := filepath.Join(a.data, "index")
		if !exists(dir) {
			return fmt.Errorf("%s: there is no index; `regwire rebuild index` makes one", a.data)
		}
		x, err := index.Open(dir, db)
		if errors.Is(err, index.ErrBusy) {
			return advice(fmt.Errorf("%s: %w", a.data, service.ErrBusy))
		}
		if err != nil {
			return err
		}
		res, err = x.Search(cmd.Context(), q)
		if errors.As(err, new(*index.QueryError)) {
			err = usageError{err}
		}
		return errors.Join(err, x.Close())
	})
	return res, err
}

func askService(cmd *cobra.Command, at, token string, q index.Query) (res index.Result, err error) {
	v := url.Values{"q": {q.Text}, "limit": {strconv.Itoa(q.Limit)}, "offset": {strconv.Itoa(q.Offset)}}
	if q.Sort != "" {
		v.Set("sort", string(q.Sort))
	}
	req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, at+"/api/v1/search?"+v.Encode(), nil)
	if err != nil {
		return res, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := new(http.Transport).RoundTrip(req) // no proxy stands between this machine and itself
	if err != nil {
		return res, fmt.Errorf("ask the running service: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct{ Error struct{ Message string } }
		json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&problem) // an answer that is no JSON has its status alone
		if answer.StatusCode == http.StatusBadRequest {
			return res, usageError{errors.New(problem.Error.Message)}
		}
		return res, fmt.Errorf("the running service at %s answers %s %s", at, answer.Status, problem.Error.Message)
	}
	if err := json.NewDecoder(answer.Body).Decode(&res); err != nil {
		return res, fmt.Errorf("answer of the running service: %w", err)
	}
	return res, nil
}
