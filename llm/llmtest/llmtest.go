package llmtest

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/sashabaranov/go-openai"
)

// Request is one chat completion that was asked for.
type Request struct {
	Model  string
	System string
	User   string
	Format string // of response_format: "json_schema", "json_object" or ""
	Seed   int
	Key    string // the bearer token
}

// Article returns what stands between the two marker lines of the prompt, and
// false when it has none.
func (r Request) Article() (string, bool) {
	begin := strings.Index(r.User, " BEGIN ARTICLE\n")
	if begin < 0 {
		return "", false
	}
	mark := r.User[strings.LastIndexByte(r.User[:begin], '\n')+1 : begin]
	article, _, ok := strings.Cut(r.User[begin+len(" BEGIN ARTICLE\n"):], "\n"+mark+" END ARTICLE")
	return article, ok
}

// Reply answers a request.
type Reply func(http.ResponseWriter, *http.Request, Request)

// Server is the model. Replies are given in the order of the script; when it
// has run out, every request gets [Plausible].
type Server struct {
	mu       sync.Mutex
	script   []Reply
	requests []Request
	then     Reply
}

// New returns a model with a script.
func New(script ...Reply) *Server { return &Server{script: script, then: Plausible} }

// Always returns a model that has one reply to everything.
func Always(reply Reply) *Server { return &Server{then: reply} }

// Start serves the model on the loopback interface until the test is over,
// and returns the URL to configure.
func (s *Server) Start(tb testing.TB) string {
	srv := httptest.NewServer(s)
	tb.Cleanup(srv.Close)
	return srv.URL + "/v1"
}

// Requests lists what has been asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ServeHTTP answers POST /v1/chat/completions.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/chat/completions") {
		Fail(http.StatusNotFound, "no such path")(w, r, Request{})
		return
	}
	var wire openai.ChatCompletionRequest
	if err := json.NewDecoder(r.Body).Decode(&wire); err != nil || len(wire.Messages) != 2 {
		Fail(http.StatusBadRequest, fmt.Sprintf("%d messages, %v", len(wire.Messages), err))(w, r, Request{})
		return
	}
	req := Request{Model: wire.Model, System: wire.Messages[0].Content, User: wire.Messages[1].Content,
		Key: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	if wire.ResponseFormat != nil {
		req.Format = string(wire.ResponseFormat.Type)
	}
	if wire.Seed != nil {
		req.Seed = *wire.Seed
	}
	s.next(req)(w, r, req)
}

func (s *Server) next(req Request) Reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, req)
	if len(s.script) == 0 {
		return s.then
	}
	reply := s.script[0]
	s.script = s.script[1:]
	return reply
}

// Say answers with the given text, and counts a token for every four bytes.
func Say(content string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, req Request) {
		Complete(openai.ChatCompletionChoice{
			Message:      openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: content},
			FinishReason: openai.FinishReasonStop,
		})(w, nil, req)
	}
}

// Complete answers with one choice, whatever it is.
func Complete(choice openai.ChatCompletionChoice) Reply {
	return func(w http.ResponseWriter, _ *http.Request, req Request) {
		input, output := (len(req.System)+len(req.User))/4, len(choice.Message.Content)/4
		write(w, http.StatusOK, openai.ChatCompletionResponse{
			ID: "chatcmpl-1", Object: "chat.completion", Model: req.Model, Choices: []openai.ChatCompletionChoice{choice},
			Usage: openai.Usage{PromptTokens: input, CompletionTokens: output, TotalTokens: input + output},
		})
	}
}

// Fail answers with an error as the protocol has it.
func Fail(status int, message string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ Request) {
		write(w, status, map[string]any{"error": map[string]any{"message": message, "type": "error", "code": status}})
	}
}

// After is [Fail] with status 429 and a Retry-After header.
func After(retryAfter string) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		w.Header().Set("Retry-After", retryAfter)
		Fail(http.StatusTooManyRequests, "slow down")(w, r, req)
	}
}

// Raw answers with bytes that need not be JSON.
func Raw(status int, body string) Reply {
	return func(w http.ResponseWriter, _ *http.Request, _ Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// Stall says nothing until the client gives up.
func Stall(_ http.ResponseWriter, r *http.Request, _ Request) { <-r.Context().Done() }

// OnlyFormat refuses every response format but one, as older servers do, and
// gives the reply otherwise.
func OnlyFormat(format string, reply Reply) Reply {
	return func(w http.ResponseWriter, r *http.Request, req Request) {
		if req.Format != format {
			Fail(http.StatusBadRequest, "response_format "+req.Format+" is not supported")(w, r, req)
			return
		}
		reply(w, r, req)
	}
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

//go:embed answers
var answers embed.FS

// Answer returns a fixture from the folder answers. They are about the article
// of [Article].
func Answer(name string) string {
	b, err := answers.ReadFile("answers/" + name + ".json")
	if err != nil {
		panic(err) // a name that is not there is a mistake in the test
	}
	return string(b)
}

// Answers lists the names of the fixtures.
func Answers() []string {
	entries, err := answers.ReadDir("answers")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

// Plausible reads any article: it quotes the title, takes a few words for an
// event, and is mildly sure of itself.
func Plausible(w http.ResponseWriter, r *http.Request, req Request) {
	article, ok := req.Article()
	if !ok {
		Fail(http.StatusBadRequest, "no article")(w, r, req)
		return
	}
	title, _, _ := strings.Cut(article, "\n")
	typ, stance := "other", 0.0
	for _, cue := range []struct {
		word, typ string
		stance    float64
	}{{"rescind", "repeal", 0.6}, {"废止", "repeal", 0}, {"sues", "enforcement", -0.7}, {"禁止", "prohibition", -0.8}, {"suspend", "halt", 0}} {
		if strings.Contains(strings.ToLower(article), cue.word) {
			typ, stance = cue.typ, cue.stance
			break
		}
	}
	body, err := json.Marshal(map[string]any{
		"regulatory": typ == "repeal" || typ == "enforcement" || typ == "prohibition", "confidence": 0.8,
		"events": []any{map[string]any{
			"type": typ, "stance": stance, "severity": "medium", "status": "done", "confidence": 0.8,
			"jurisdictions": []string{}, "regulators": []string{}, "instruments": []string{}, "assets": []string{}, "exchanges": []string{},
			"effective_at": "", "comments_close_at": "", "quote": title,
		}},
		"sentiments": []any{map[string]any{"target": "market", "score": stance / 2, "confidence": 0.7, "quote": title}},
	})
	if err != nil {
		panic(err)
	}
	Say(string(body))(w, r, req)
}

// Obey is the gullible model: when the article holds a line that begins with
// SAY:, it says what follows and nothing of its own.
func Obey(w http.ResponseWriter, r *http.Request, req Request) {
	_, order, ok := strings.Cut(req.User, "SAY:")
	if !ok {
		Plausible(w, r, req)
		return
	}
	order, _, _ = strings.Cut(order, "\n")
	Say(strings.TrimSpace(order))(w, r, req)
}
