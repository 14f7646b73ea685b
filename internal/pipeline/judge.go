package pipeline

import (
	"context"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/llm"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/event"
)

// Judge gives second readings; it is llm.Analyst.
type Judge interface {
	sentiment.Judge
	// Wants reports whether a local reading is a hard case.
	Wants(corpus.Analysis) bool
}

const judgeStage = "judge"

// judge asks the language model about what the local analyser was unsure of,
// and about what matters most. Its answer is a further analysis. What could
// not be asked is parked, and asked again by askAgain.
func (p *Pipeline) judge(ctx context.Context, changes []corpus.Change) (commit, error) {
	var hard []corpus.Change
	for _, c := range changes {
		if p.cfg.Judge == nil {
			break
		}
		a, err := p.analysis(ctx, c.Ref)
		if err != nil {
			return nil, err
		}
		if p.isHard(a) {
			hard = append(hard, c)
		}
	}
	answers, errs := each(ctx, hard, p.ask)
	if ctx.Err() != nil {
		return nil, ctx.Err() // asked to stop: the same cases are asked again
	}
	return func(tx *store.Tx) error {
		for i, c := range hard {
			if err := p.settleCase(tx, c.Ref, answers[i], errs[i], 1); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// isHard reports whether a reading deserves a second one: live, our own, about
// a regulatory matter or an event, and of a kind the judge wants.
func (p *Pipeline) isHard(a corpus.Analysis) bool {
	if a.Analyzer != sentiment.Name || a.Origin != corpus.OriginLive {
		return false
	}
	matters := a.Regulatory
	for _, e := range a.Events {
		matters = matters || e.Type != corpus.Other
	}
	return matters && p.cfg.Judge.Wants(a)
}

func (p *Pipeline) ask(ctx context.Context, c corpus.Change) (corpus.Analysis, error) {
	a, err := p.analysis(ctx, c.Ref)
	if err != nil {
		return a, err
	}
	_, rev, err := p.reading(ctx, a.ID)
	if err != nil {
		return a, err
	}
	answer, err := p.cfg.Judge.Judge(ctx, p.text(rev), a)
	answer.Article, answer.Revision, answer.Origin = a.Article, a.Revision, a.Origin
	for i := range answer.Events {
		answer.Events[i].Amounts = event.Amounts(answer.Events[i].Evidence) // sums are read, not asked for
	}
	return answer, err
}

// How often, and how patiently, a case is put to the model again: doubling
// from a minute, it is given up after most of a day. It then stays parked,
// where it can be seen.
const (
	judgeAttempts = 11
	judgeWait     = time.Minute
)

// settleCase stores an answer, or parks the case with the reason.
func (p *Pipeline) settleCase(tx *store.Tx, ref string, answer corpus.Analysis, failed error, attempt int) error {
	if failed == nil {
		if _, _, err := tx.AddAnalysis(answer); err != nil {
			return err
		}
		return tx.Unpark(judgeStage, ref)
	}
	reason := llm.ReasonOf(failed)
	p.metrics.parked(judgeStage, Reason(reason))
	k := corpus.Parked{Stage: judgeStage, Ref: ref, Reason: string(reason), Detail: failed.Error(), Attempts: attempt}
	if reason.Temporary() && attempt < judgeAttempts {
		k.NextAt = time.Now().UTC().Add(judgeWait << (attempt - 1))
	}
	return tx.Park(k)
}

// askAgain puts parked cases to the model when their time has come.
func (p *Pipeline) askAgain(ctx context.Context) error {
	for p.cfg.Judge != nil && ctx.Err() == nil {
		if err := p.askDue(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Logger.ErrorContext(ctx, "stage failed", "stage", judgeStage, "err", err)
		}
		sleep(ctx, judgeWait/4)
	}
	<-ctx.Done()
	return nil
}

func (p *Pipeline) askDue(ctx context.Context) error {
	parked, err := p.cfg.Store.ParkedItems(ctx, judgeStage)
	if err != nil {
		return err
	}
	for _, k := range parked {
		if ctx.Err() != nil || k.NextAt.IsZero() || k.NextAt.After(time.Now()) {
			return nil // what is due comes first
		}
		answer, failed := p.ask(ctx, corpus.Change{Ref: k.Ref})
		if ctx.Err() != nil {
			return nil
		}
		err := p.cfg.Store.Update(ctx, func(tx *store.Tx) error {
			return p.settleCase(tx, k.Ref, answer, failed, k.Attempts+1)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
