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
	Kind     RelationKind `json:"kind"`
	To       InstrumentID `json:"to"`
	Evidence string       `json:"evidence"` // the sentence that says so, verbatim
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
	Evidence     string           `json:"evidence,omitempty"` // the sentence the status was read from
	Mentions     []Span           `json:"mentions,omitempty"`
	Confidence   float64          `json:"confidence"` // [0, 1]
}

// Instrument is a regulatory text with an official number, with all that
// articles have said of it. New facts make a new version; versions are
// inserted, never updated.
type Instrument struct {
	ID           InstrumentID     `json:"id"`
	Version      int              `json:"version"`
	Aliases      []string         `json:"aliases"`
	Issuer       string           `json:"issuer"`
	Jurisdiction Jurisdiction     `json:"jurisdiction"`
	Title        string           `json:"title"`
	Status       InstrumentStatus `json:"status"` // the stage furthest along that History states, InstrumentUnknown without any
	Relations    []Relation       `json:"relations"`
	// History lists every change of status with who said so. Conflicting
	// statements stand beside one another.
	History     []StatusChange `json:"history"`
	Articles    []ArticleID    `json:"articles"` // that mention it, in order of arrival
	FirstSeenAt time.Time      `json:"first_seen_at"`
	KnownAt     time.Time      `json:"known_at"` // when this version was committed
}

// StatusChange is one statement about an instrument's status.
type StatusChange struct {
	Status      InstrumentStatus `json:"status"`
	EffectiveAt time.Time        `json:"effective_at,omitzero"` // when it takes effect, as stated
	By          InstrumentID     `json:"by,omitempty"`          // the instrument that changes it, when named
	Article     ArticleID        `json:"article"`
	Evidence    string           `json:"evidence"`
	SaidAt      time.Time        `json:"said_at,omitzero"` // published_at of the article
	KnownAt     time.Time        `json:"known_at"`
}
