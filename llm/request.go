package llm

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sashabaranov/go-openai"
)

const (
	// maxResponse bounds what is read of a response: many times the largest
	// answer, far below what would hurt.
	maxResponse = 1 << 20
	// maxWait is the longest Retry-After that is waited for; beyond it the
	// text is better tried again later.
	maxWait = 2 * time.Minute
)

// The ways to ask for JSON, in order of preference. Endpoints that know only
// a later one answer an earlier one with an error.
const (
	formatSchema int32 = iota
	formatObject
	formatText
)

// ask gets one answer to a question, with retries, within the budget.
func (a *Analyst) ask(ctx context.Context, user string, seed int) (string, error) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = a.cfg.FirstWait
	waits.Multiplier = 2
	attempt := func() (string, error) {
		content, err := a.once(ctx, user, seed)
		a.metrics.requests.WithLabelValues(string(ReasonOf(err))).Inc()
		return content, err
	}
	content, err := backoff.Retry(ctx, attempt, backoff.WithBackOff(waits), backoff.WithMaxTries(uint(a.cfg.Attempts)))
	var known *Error
	switch {
	case err == nil:
		return content, nil
	case errors.As(err, &known):
		return "", known
	default: // the context ended while waiting
		return "", a.failure(ctx, err)
	}
}

// once sends one request. Errors that trying again at once cannot mend are
// permanent.
func (a *Analyst) once(ctx context.Context, user string, seed int) (string, error) {
	format := a.format.Load()
	system := a.system(format)
	charged, ok := a.ledger.reserve(estimate(system+user), a.cfg.MaxOutput)
	if !ok {
		return "", backoff.Permanent(&Error{Reason: ReasonBudget})
	}
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	exchange := &exchange{client: a.cfg.Client}
	begun := time.Now()
	response, err := a.client(exchange).CreateChatCompletion(ctx, a.request(system, user, format, seed))
	a.metrics.elapsed.Observe(time.Since(begun).Seconds())
	if err != nil {
		// What was refused was not charged for; what broke off may have been,
		// and stays on the bill.
		if exchange.status >= 400 {
			a.ledger.settle(charged, 0, 0)
		}
		return "", a.again(a.failure(ctx, err), exchange, format)
	}
	a.settle(charged, response.Usage, response)
	return content(response)
}

// again says whether and when a failure is worth another attempt.
func (a *Analyst) again(failed *Error, x *exchange, format int32) error {
	switch {
	case format < formatText && formatUnknown(failed, x.status):
		a.format.CompareAndSwap(format, format+1) // remembered for the next text
		return failed
	case !failed.Reason.Temporary(), failed.Reason == ReasonCancelled, x.retryAfter > maxWait:
		return backoff.Permanent(failed)
	case x.retryAfter > 0:
		return errors.Join(failed, &backoff.RetryAfterError{Duration: x.retryAfter})
	default:
		return failed
	}
}

// formatUnknown reports whether the endpoint did not understand the response
// format, as far as its words tell. A request that was too long, say, is no
// reason to ask less strictly from then on.
func formatUnknown(failed *Error, status int) bool {
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		return false
	}
	message := strings.ToLower(failed.Detail)
	for _, word := range []string{"response_format", "json_schema", "json_object", "schema", "grammar"} {
		if strings.Contains(message, word) {
			return true
		}
	}
	return false
}

func (a *Analyst) request(system, user string, format int32, seed int) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{
		Model: a.cfg.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system},
			{Role: openai.ChatMessageRoleUser, Content: user},
		},
		//lint:ignore SA1019 servers that people run themselves know no other name for it
		MaxTokens: a.cfg.MaxOutput,
		Seed:      &seed,
	}
	if a.cfg.Temperature != nil {
		r.Temperature = float32(*a.cfg.Temperature)
	}
	switch format {
	case formatSchema:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "reading", Schema: a.schema, Strict: true},
		}
	case formatObject:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	if openai.NewReasoningValidator().Validate(r) != nil {
		// Models that the library knows to think before they answer.
		r.MaxCompletionTokens, r.Temperature = a.cfg.MaxOutput, 0
		//lint:ignore SA1019 they refuse both names at once
		r.MaxTokens = 0
	}
	return r
}

// system returns the instructions; where the endpoint does not enforce the
// schema they carry it.
func (a *Analyst) system(format int32) string {
	if format == formatSchema {
		return instructions
	}
	return instructions + "\n\nThe schema:\n" + string(a.schema)
}

// client returns a client whose exchange can be looked at afterwards: the
// library keeps neither the status nor the headers of every failure.
func (a *Analyst) client(x *exchange) *openai.Client {
	cfg := openai.DefaultConfig(a.key)
	cfg.BaseURL = a.cfg.URL
	cfg.HTTPClient = x
	return openai.NewClientWithConfig(cfg)
}

// content takes the text out of a response.
func content(r openai.ChatCompletionResponse) (string, error) {
	if len(r.Choices) == 0 {
		return "", backoff.Permanent(&Error{Reason: ReasonProtocol, Detail: "no choices"})
	}
	choice := r.Choices[0]
	switch {
	case choice.Message.Refusal != "" || choice.FinishReason == openai.FinishReasonContentFilter:
		return "", backoff.Permanent(&Error{Reason: ReasonRefused})
	case choice.FinishReason == openai.FinishReasonLength:
		return "", backoff.Permanent(&Error{Reason: ReasonCut})
	}
	return choice.Message.Content, nil
}

// settle books what a response says it took, or the estimate when it is
// silent or says nonsense.
func (a *Analyst) settle(charged bill, used openai.Usage, r openai.ChatCompletionResponse) {
	input, output := used.PromptTokens, used.CompletionTokens
	if input <= 0 || output < 0 {
		input, output = charged.input, 0
		for _, c := range r.Choices {
			output += estimate(c.Message.Content)
		}
	}
	a.ledger.settle(charged, input, output)
	a.metrics.tokens.WithLabelValues("input").Add(float64(input))
	a.metrics.tokens.WithLabelValues("output").Add(float64(output))
	a.metrics.cost.Add(a.cfg.Budget.cost(input, output))
}

// estimate bounds the tokens of a text from above for the common tokenisers:
// about four letters a token in English, about one token a Chinese character
// (three bytes).
func estimate(s string) int { return len(s)/3 + 8 }

// failure names the cause of an error. Its detail is the endpoint's message,
// shortened and without the key.
func (a *Analyst) failure(ctx context.Context, err error) *Error {
	var api *openai.APIError
	var request *openai.RequestError
	status, detail := 0, ""
	switch {
	case errors.As(err, &api):
		status, detail = api.HTTPStatusCode, api.Message
	case errors.As(err, &request):
		status = request.HTTPStatusCode
	}
	f := &Error{Reason: ReasonNetwork, Detail: a.redact(detail)}
	var decode *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		f.Reason = ReasonTimeout
	case ctx.Err() != nil:
		f.Reason = ReasonCancelled
	case status == http.StatusTooManyRequests:
		f.Reason = ReasonLimited
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		f.Reason = ReasonDenied
	case status >= 500:
		f.Reason = ReasonServer
	case status >= 400:
		f.Reason = ReasonRequest
	case errors.As(err, &decode), errors.As(err, &kind), errors.Is(err, errTooLarge):
		f.Reason = ReasonProtocol
	}
	if status != 0 {
		f.Detail = strings.TrimSpace("status " + strconv.Itoa(status) + " " + f.Detail)
	}
	return f
}

// redact makes a message of the endpoint fit for a log: some repeat the key.
func (a *Analyst) redact(s string) string {
	if a.key != "" {
		s = strings.ReplaceAll(s, a.key, "[redacted]")
	}
	s = squeeze(s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

var errTooLarge = errors.New("response is too large")

// exchange is one request and its response.
type exchange struct {
	client     *http.Client
	status     int
	retryAfter time.Duration
}

// Do sends the request and bounds what can be read of the response. Redirects
// are not followed: they would take the article elsewhere.
func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	client := *x.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		response.StatusCode = http.StatusBadGateway
	}
	x.status = response.StatusCode
	x.retryAfter = retryAfter(response.Header.Get("Retry-After"), time.Now())
	response.Body = &bounded{response.Body, maxResponse}
	return response, nil
}

// retryAfter reads the header as RFC 9110 section 10.2.3 has it, in seconds or
// as a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// bounded is a body that fails when it is longer than it may be.
type bounded struct {
	io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
