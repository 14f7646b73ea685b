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
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
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
				return p.Lines(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
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
			if a.json {
				return p.Lines(cmd.Context(), strings.NewReader(lines.String()), cmd.OutOrStdout())
			}
			r, w := io.Pipe()
			go func() { w.CloseWithError(p.Lines(cmd.Context(), strings.NewReader(lines.String()), w)) }()
			return showParsed(cmd.OutOrStdout(), r)
		},
	}
	cmd.Flags().BoolVar(&jsonl, "jsonl", false, "read {\"path\",\"url\"} lines, write one line for each")
	cmd.Flags().StringVar(&address, "url", "", "the address the page came from")
	return cmd
}

// showParsed prints what the parser's lines say, for people.
func showParsed(w io.Writer, lines io.Reader) error {
	dec := json.NewDecoder(lines)
	failed := false
	for {
		var page struct {
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
		if err := dec.Decode(&page); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if page.Error != "" {
			failed = true
			fmt.Fprintf(w, "%s: %s\n", page.URL, printable(page.Error))
		}
		for _, art := range page.Articles {
			fmt.Fprintf(w, "%s\n%s · %s · %s\n\n%s\n\n", printable(art.Title), printable(strings.Join(art.Authors, ", ")), art.PublishedAt, art.Lang,
				strings.Join(mapLines(art.Body, printable), "\n\n"))
		}
	}
	if failed {
		return errors.New("not every page could be parsed")
	}
	return nil
}

func mapLines(s string, f func(string) string) []string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = f(lines[i])
	}
	return lines
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
one line for each, in order. A bad line gives an error line.`,
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
				return analyzer.Lines(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			}
			if len(files) == 0 {
				return usageError{errors.New("name a file, - for standard input, or use --jsonl")}
			}
			in := cmd.InOrStdin()
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
			reading := analyzer.Analyze(text)
			if a.json {
				return printJSON(cmd.OutOrStdout(), reading)
			}
			return showReading(cmd.OutOrStdout(), reading)
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
	_, err := io.WriteString(w, strings.Join(mapLines(b.String(), printable), "\n"))
	return err
}

func (a *app) search() *cobra.Command {
	q := index.Query{}
	var sort string
	cmd := &cobra.Command{
		Use: "search QUERY…", Short: "Find articles",
		Long: "Find articles in the index. While a service works on the data folder, it is\nasked.\n\n" + index.Syntax,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, words []string) error {
			q.Text, q.Sort = strings.Join(words, " "), index.Sort(sort)
			if sort != "" && q.Sort != index.ByNewest && q.Sort != index.ByRelevance {
				return usageError{fmt.Errorf("--sort: %q is not relevance or newest", sort)}
			}
			res, err := a.find(cmd, q)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			if a.json {
				for _, h := range res.Hits {
					if err := printJSON(w, h); err != nil {
						return err
					}
				}
				return nil
			}
			fmt.Fprintf(w, "%d articles\n", res.Total)
			for _, h := range res.Hits {
				fmt.Fprintf(w, "\n%s\n%s · %s · %s\n%s\n", printable(h.Title), h.Source, day(h.PublishedAt), printable(h.URL), printable(h.Snippet))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&sort, "sort", "", "relevance (default) or newest")
	f.IntVar(&q.Limit, "limit", 20, "at most so many, up to 1000")
	f.IntVar(&q.Offset, "offset", 0, "skip so many")
	return cmd
}

// find asks the index, or the service that has it open.
func (a *app) find(cmd *cobra.Command, q index.Query) (index.Result, error) {
	cfg, err := a.config()
	if err != nil {
		return index.Result{}, err
	}
	if at, ok := service.Running(a.data); ok {
		return askService(cmd, at, string(cfg.HTTP.Token), q)
	}
	log, err := a.logger(cfg, true)
	if err != nil {
		return index.Result{}, usageError{err}
	}
	db, err := service.OpenStore(cmd.Context(), a.data, cfg, log)
	if err != nil {
		return index.Result{}, err
	}
	defer db.Close()
	x, err := index.Open(filepath.Join(a.data, "index"), db)
	if err != nil {
		return index.Result{}, err
	}
	defer x.Close()
	res, err := x.Search(cmd.Context(), q)
	if errors.As(err, new(*index.QueryError)) {
		err = usageError{err}
	}
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
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return res, fmt.Errorf("ask the running service: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct{ Error struct{ Message string } }
		json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&problem)
		err := fmt.Errorf("the running service at %s answers %s: %s", at, answer.Status, problem.Error.Message)
		if answer.StatusCode == http.StatusBadRequest {
			return res, usageError{err}
		}
		return res, err
	}
	if err := json.NewDecoder(answer.Body).Decode(&res); err != nil {
		return res, fmt.Errorf("answer of the running service: %w", err)
	}
	return res, nil
}
