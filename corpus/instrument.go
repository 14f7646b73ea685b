package corpus

import "time"

// InstrumentID is the canonical official number of a regulatory text:
// "FIL-7-2025", "银发〔2026〕42号", "SAB 121", "Regulation (EU) 2023/1114". Where
// two issuers use one numbering, the canonical form names the issuer
// ("FCA CP25/14").
type InstrumentID string

// InstrumentStatus is a stage in the life of an instrument.
type InstrumentStatus string

// The stages. They are only ever set by words that say so, never inferred
// from absence.
const (
	InstrumentUnknown   InstrumentStatus = "unknown" // mentioned, nothing said of its state
	InstrumentProposed  InstrumentStatus = "proposed"
	InstrumentAdopted   InstrumentStatus = "adopted"
	InstrumentInForce   InstrumentStatus = "in-force"
	InstrumentAmended   InstrumentStatus = "amended"
	InstrumentRepealed  InstrumentStatus = "repealed"
	InstrumentWithdrawn InstrumentStatus = "withdrawn"
)

// RelationKind is a relation between instruments, under the names of the
// European Legislation Identifier ontology (ELI).
type RelationKind string

// The relations, read from the newer instrument to the older one.
const (
	Repeals    RelationKind = "repeals"
	Amends     RelationKind = "amends"
	Implements RelationKind = "implements"
	Corrects   RelationKind = "corrects"
	Commences  RelationKind = "commences"
	Cites      RelationKind = "cites"
	BasedOn    RelationKind = "based_on"
	Transposes RelationKind = "transposes"
)

// Relation is a directed edge from the instrument that has it.
type Relation struct {
	Kind RelationKind `json:"kind"`
	To   InstrumentID `json:"to"`
	// From is who has the relation, where it is listed with its target.
	From InstrumentID `json:"from,omitempty"`
	// Unresolved: To has no number or name that is known; it stands as the
	// text words it.
	Unresolved bool   `json:"unresolved,omitempty"`
	Part       string `json:"part,omitempty"` // of the target, as worded: "sections 2 to 4"; empty for the whole
	Evidence   string `json:"evidence"`       // the sentence that says so, verbatim
	// Article that says so; empty in a reading.
	Article ArticleID `json:"article,omitempty"`
}

// InstrumentReading is an instrument as one text mentions it.
type InstrumentReading struct {
	ID           InstrumentID     `json:"id"`
	Aliases      []string         `json:"aliases,omitempty"` // other names and the surface forms met
	Issuer       string           `json:"issuer"`            // short name: "FDIC", "PBoC"
	Jurisdiction Jurisdiction     `json:"jurisdiction"`
	Title        string           `json:"title,omitempty"`
	Status       InstrumentStatus `json:"status"`
	EffectiveAt  time.Time        `json:"effective_at,omitzero"`
	Relations    []Relation       `json:"relations"`
	// Stated is all the text says of its status, in the order of the text;
	// Status is the stage furthest along that has been reached.
	Stated []StatusChange `json:"stated,omitempty"`
	// Procedure lists the numbers of the procedure it belongs to: docket, RIN,
	// file, bill, COM document. What shares one is draft and outcome.
	Procedure  []InstrumentID `json:"procedure,omitempty"`
	Evidence   string         `json:"evidence,omitempty"` // the sentence the status was read from
	Mentions   []Span         `json:"mentions,omitempty"`
	Confidence float64        `json:"confidence"` // [0, 1]
}

// Instrument is a regulatory text with an official number, with all that
// articles have said of it. New facts make a new version; versions are
// inserted, never updated.
type Instrument struct {
	ID           InstrumentID `json:"id"`
	Version      int          `json:"version"`
	Aliases      []string     `json:"aliases"`
	Issuer       string       `json:"issuer"`
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	Title        string       `json:"title"`
	FromIssuer   bool         `json:"from_issuer,omitempty"` // the title is in the issuer's own words
	// Status is the stage furthest along that History says it had reached by
	// KnownAt, InstrumentUnknown without any; see StatusAt for another moment.
	Status    InstrumentStatus `json:"status"`
	Relations []Relation       `json:"relations"`
	// RelatedBy lists what other instruments do to this one; From says which.
	RelatedBy []Relation     `json:"related_by,omitempty"`
	Procedure []InstrumentID `json:"procedure,omitempty"` // see InstrumentReading
	// SameAs is set when this turned out to be another instrument, which has
	// taken over all that was known of it.
	SameAs InstrumentID `json:"same_as,omitempty"`
	// History lists every change of status with who said so. Conflicting
	// statements stand beside one another.
	History     []StatusChange `json:"history"`
	Articles    []ArticleID    `json:"articles"` // that mention it, in order of arrival
	FirstSeenAt time.Time      `json:"first_seen_at"`
	KnownAt     time.Time      `json:"known_at"` // when this version was committed
}

// StatusChange is one statement about an instrument's status.
type StatusChange struct {
	Status InstrumentStatus `json:"status"`
	// EffectiveAt is the day from which the status holds, as stated: the day
	// of proposal, adoption, entry into force, repeal. It may lie ahead.
	EffectiveAt time.Time `json:"effective_at,omitzero"`
	// AppliesAt is the day from which it applies, where that is another day
	// than that of its entry into force.
	AppliesAt time.Time    `json:"applies_at,omitzero"`
	By        InstrumentID `json:"by,omitempty"`   // the instrument that changes it, when named
	Part      string       `json:"part,omitempty"` // what it is said of, as worded; empty for the whole
	Article   ArticleID    `json:"article,omitempty"`
	Evidence  string       `json:"evidence"`
	SaidAt    time.Time    `json:"said_at,omitzero"` // published_at of the article
	KnownAt   time.Time    `json:"known_at,omitzero"`
}

// At returns the day a statement is sorted by: the day from which the status
// holds, else the day it was said.
func (c StatusChange) At() time.Time {
	switch {
	case !c.EffectiveAt.IsZero():
		return c.EffectiveAt
	case !c.SaidAt.IsZero():
		return c.SaidAt
	}
	return c.KnownAt
}

// Stage orders the stages of an instrument's life, from 0 for unknown to 5 for
// its end.
func (s InstrumentStatus) Stage() int {
	switch s {
	case InstrumentProposed:
		return 1
	case InstrumentAdopted:
		return 2
	case InstrumentInForce:
		return 3
	case InstrumentAmended:
		return 4
	case InstrumentRepealed, InstrumentWithdrawn:
		return 5
	}
	return 0
}

// StatusAt returns the stage furthest along an instrument's life that
// statements say it had reached by t. Not simply the last statement:
// background paragraphs go on saying "adopted in 2022" long after the repeal.
// What is to come into force on a later day is adopted until then; what is to
// be repealed is not yet.
func StatusAt(history []StatusChange, t time.Time) InstrumentStatus {
	status, best := InstrumentUnknown, StatusChange{}
	for _, h := range history {
		st := h.Status
		if h.EffectiveAt.After(t) {
			if st != InstrumentInForce {
				continue
			}
			st = InstrumentAdopted
		}
		d := st.Stage() - status.Stage()
		if d > 0 || d == 0 && (h.At().After(best.At()) || h.At().Equal(best.At()) && st > status) {
			status, best = st, h
		}
	}
	return status
}

// Conflict is a pair of statements that cannot both be true. Both are kept.
type Conflict struct {
	About string       `json:"about"` // what they disagree on, see the constants
	One   StatusChange `json:"one"`
	Other StatusChange `json:"other"`
}

// What two statements can disagree on.
const (
	ConflictDay      = "day"       // the day from which one status holds
	ConflictBy       = "by"        // which instrument ended it
	ConflictOutlived = "in-force"  // said to be in force after the day another names as its end
	ConflictDirect   = "direction" // of two instruments each is said to have ended the other
)

// Conflicts returns the statements of different articles that contradict one
// another, each kind of contradiction once for each pair of values.
func (i Instrument) Conflicts() []Conflict {
	var out []Conflict
	seen := map[string]bool{}
	add := func(about, key string, a, b StatusChange) {
		if !seen[about+key] {
			seen[about+key] = true
			out = append(out, Conflict{about, a, b})
		}
	}
	const day = "2006-01-02"
	for n, a := range i.History {
		if a.Status.Stage() == 5 && a.By != "" {
			for _, r := range i.Relations {
				if r.Kind == Repeals && r.To == a.By && r.Part == "" {
					add(ConflictDirect, string(a.By), a, StatusChange{Status: InstrumentRepealed, By: i.ID, Article: r.Article, Evidence: r.Evidence})
				}
			}
		}
		for _, b := range i.History[n+1:] {
			if a.Article == b.Article || a.Part != b.Part {
				continue
			}
			ends := a.Status.Stage() == 5 && b.Status.Stage() == 5
			switch {
			case ends && a.By != "" && b.By != "" && a.By != b.By:
				add(ConflictBy, string(min(a.By, b.By)+" "+max(a.By, b.By)), a, b)
			case a.Status == b.Status && a.Status != InstrumentAmended && !a.EffectiveAt.IsZero() && !b.EffectiveAt.IsZero() && !a.EffectiveAt.Equal(b.EffectiveAt):
				one, other := a.EffectiveAt.Format(day), b.EffectiveAt.Format(day)
				add(ConflictDay, string(a.Status)+min(one, other)+max(one, other), a, b)
			case a.Status.Stage() == 5 && b.Status == InstrumentInForce && b.EffectiveAt.IsZero() && b.SaidAt.After(a.At()):
				add(ConflictOutlived, "", a, b)
			case b.Status.Stage() == 5 && a.Status == InstrumentInForce && a.EffectiveAt.IsZero() && a.SaidAt.After(b.At()):
				add(ConflictOutlived, "", b, a)
			}
		}
	}
	return out
}
