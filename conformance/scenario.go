package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Scenario is one fact about AWS KMS, told in calls.
type Scenario struct {
	Name  string // what the fact is; unique
	Fact  Fact
	Needs string // what an account must have for it that cannot be made in passing, or ""
	Calls []Call
}

// Fact says how well a scenario is known.
type Fact struct {
	Evidence Evidence
	From     string // a link, or a note
}

// Evidence is a kind of knowledge, the best first.
type Evidence int

// Recorded answers came from AWS, word for word: most are known by way of the
// snapshots that the LocalStack project keeps of its own tests against AWS.
// Documented ones follow from the Developer Guide, the API Reference or the SDK.
// Reported ones were shown by users of AWS. What is Guessed fits all that is
// known, and may be wrong.
const (
	Recorded Evidence = iota
	Documented
	Reported
	Guessed
)

func (e Evidence) String() string {
	return [...]string{"recorded", "documented", "reported", "guessed"}[e]
}

// Members are the members of an input or an output, by the names that AWS gives
// them. Values are strings, numbers, bools, lists, Members, and what this package
// makes of its own; a string stands for binary data too. In strings, {name} is
// what the call that is kept as name made: the key id of a KMS key, {name.arn} its
// ARN, {name.Plaintext} a member of any answer. Always known are {account},
// {region}, {other} (another Region), {partition}, {root} (the account's root
// principal), {run}, which differs from play to play, {alias} and {alias.arn}.
//
// In an answer, members that are not stated must not be there.
type Members map[string]any

// Call is one call of a scenario, and what becomes of it: Refusal if it fails,
// otherwise Answer, where nil means that it succeeds, as what is given must.
type Call struct {
	Operation string
	Input     Members
	Elsewhere bool   // in another Region
	Keep      string // the name under which later calls know the answer
	Answer    any    // Members
	Refusal   *Refusal

	// Advance is time that passes, instead of a call. Where the target's time cannot
	// be moved, up to a minute is waited for.
	Advance time.Duration
}

// Refusal is an exception. The words may be a guess where the rest is not.
type Refusal struct {
	Code         string
	Message      any // a string, or the form of one
	WordsGuessed bool
}

// Scenarios returns all scenarios, by subject. The slice is the caller's; what is
// in it is shared and must not be written to.
func Scenarios() []Scenario {
	return slices.Concat(
		keys(), references(), aliases(), states(), encryption(), dataKeys(), signing(), macs(), agreement(), encapsulation(), random(),
		tags(), policies(), access(), grants(), importing(), rotation(), multiRegion(), keyStores(), lastUsage(), lists(), constraints(),
	)
}

// Timed says whether more time must pass in the scenario than can be waited for.
func (s *Scenario) Timed() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Advance > longestWait })
}

const longestWait = time.Minute

// WordsGuessed says whether the text of one of its errors is a guess.
func (s *Scenario) WordsGuessed() bool {
	return slices.ContainsFunc(s.Calls, func(c Call) bool { return c.Refusal != nil && c.Refusal.WordsGuessed })
}

// Operations are the operations of which the scenario states something, in the
// order of its calls.
func (s *Scenario) Operations() []string {
	var names []string
	for _, c := range s.Calls {
		if (c.Answer != nil || c.Refusal != nil) && !slices.Contains(names, c.Operation) {
			names = append(names, c.Operation)
		}
	}
	return names
}

// fingerprint changes with anything that the scenario states.
func (s *Scenario) fingerprint() string {
	sum := sha256.New()
	for _, c := range s.Calls {
		fmt.Fprintf(sum, "%s %#v %t %s %#v %d", c.Operation, c.Input, c.Elsewhere, c.Keep, c.Answer, c.Advance)
		if c.Refusal != nil {
			fmt.Fprintf(sum, " %q %#v", c.Refusal.Code, c.Refusal.Message)
		}
		fmt.Fprintln(sum)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// What follows is the vocabulary of the table.

type m = Members

const guide = "https://docs.aws.amazon.com/kms/latest/developerguide/"

// api is a page of the API Reference.
func api(operation string) Fact {
	return documented("https://docs.aws.amazon.com/kms/latest/APIReference/API_" + operation + ".html")
}

func recorded(what string) Fact   { return Fact{Recorded, what} }
func documented(page string) Fact { return Fact{Documented, page} }
func reported(what string) Fact   { return Fact{Reported, what} }
func guessed(why string) Fact     { return Fact{Guessed, why} }

// given is a call that must succeed, whatever it answers.
func given(operation string, in m) Call { return Call{Operation: operation, Input: in} }

// newKey is a KMS key, known as name.
func newKey(name string, in m) Call { return given("CreateKey", in).as(name) }

// newAlias is an alias, the scenario's own, of a KMS key.
func newAlias(key string) Call {
	return given("CreateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{" + key + "}"})
}

func answers(operation string, in m, out any) Call {
	return Call{Operation: operation, Input: in, Answer: out}
}

func fails(operation string, in m, code, message string) Call {
	return Call{Operation: operation, Input: in, Refusal: &Refusal{Code: code, Message: message}}
}

// failsLike is fails in words that are a guess.
func failsLike(operation string, in m, code, message string) Call {
	return Call{Operation: operation, Input: in, Refusal: &Refusal{Code: code, Message: message, WordsGuessed: true}}
}

// inWords makes the text of a refusal one that a matcher tells.
func (c Call) inWords(words matcher) Call {
	c.Refusal = &Refusal{Code: c.Refusal.Code, Message: words}
	return c
}

func passes(d time.Duration) Call { return Call{Advance: d} }

func (c Call) as(name string) Call {
	c.Keep = name
	return c
}

// elsewhere makes the calls in another Region.
func (c Call) elsewhere() Call {
	c.Elsewhere = true
	return c
}

// with is in with more members, which win.
func with(in, more m) m {
	all := m{}
	for _, from := range []m{in, more} {
		for name, v := range from {
			all[name] = v
		}
	}
	return all
}

const (
	second = time.Second
	hour   = time.Hour
	day    = 24 * time.Hour
)

// missingKey is the id of no KMS key.
const missingKey = "134f2428-cec1-4b25-a1ae-9048164dba47"
