package constraint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A rule is what the model asks of one type of member. It is never written to
// after the program is built, except for the compiled form of its pattern.
type rule struct {
	min, max int // of a length or a value; 0 is no bound
	pattern  *pattern
	enum     []string // in the order in which the service lists it
	hidden   bool     // sensitive or binary: messages leave the value out
}

// fits reports whether a length or value is within the bounds.
func (r *rule) fits(n int) bool {
	return n >= r.min && (r.max == 0 || n <= r.max)
}

// fitsText is fits for the length of s in code points. It does not count them
// where the number of bytes settles it.
func (r *rule) fitsText(s string) bool {
	if len(s) < r.min {
		return false
	}
	if (r.max == 0 || len(s) <= r.max) && (len(s)+utf8.UTFMax-1)/utf8.UTFMax >= r.min {
		return true
	}
	return r.fits(utf8.RuneCountInString(s))
}

// allows reports whether s breaks nothing.
func (r *rule) allows(s string) bool {
	if r.enum != nil && !slices.Contains(r.enum, s) {
		return false
	}
	return r.fitsText(s) && (r.pattern == nil || r.pattern.matches(s))
}

// broken returns what s breaks, in the service's words: at most one length,
// the pattern, the enum.
func (r *rule) broken(s string) []string {
	var out []string
	if n := utf8.RuneCountInString(s); !r.fits(n) {
		out = append(out, r.bound("length", n))
	}
	if r.pattern != nil && !r.pattern.matches(s) {
		out = append(out, r.pattern.demand())
	}
	if r.enum != nil && !slices.Contains(r.enum, s) {
		out = append(out, r.enumDemand())
	}
	return out
}

// bound is the demand of the bound that n breaks; what is length or value.
func (r *rule) bound(what string, n int) string {
	if n < r.min {
		return atLeast(what, r.min)
	}
	return atMost(what, r.max)
}

// demands lists all that the rule asks of a string: the service tells this of
// a list's elements, whichever part one of them breaks.
func (r *rule) demands() string {
	var out []string
	if r.max != 0 {
		out = append(out, atMost("length", r.max))
	}
	if r.min != 0 {
		out = append(out, atLeast("length", r.min))
	}
	if r.pattern != nil {
		out = append(out, r.pattern.demand())
	}
	if r.enum != nil {
		out = append(out, r.enumDemand())
	}
	return "Member must satisfy constraint: " + bracketed(out)
}

func (r *rule) enumDemand() string {
	return "Member must satisfy enum value set: " + bracketed(r.enum)
}

func atLeast(what string, n int) string {
	return "Member must have " + what + " greater than or equal to " + strconv.Itoa(n)
}

func atMost(what string, n int) string {
	return "Member must have " + what + " less than or equal to " + strconv.Itoa(n)
}

func bracketed(list []string) string { return "[" + strings.Join(list, ", ") + "]" }

// A pattern has to match a value as a whole.
type pattern struct {
	text string // as the service prints it

	// Most patterns are one class repeated. Its code points are all below 256
	// and stand in class as bits; empty says whether "" matches.
	class *[4]uint64
	empty bool

	// The others: the pattern in Go's syntax, compiled when first needed.
	expr string
	once sync.Once
	re   *regexp.Regexp
}

func (p *pattern) demand() string {
	return "Member must satisfy regular expression pattern: " + p.text
}

func (p *pattern) matches(s string) bool {
	if p.class == nil {
		p.once.Do(func() { p.re = regexp.MustCompile(p.expr) })
		return p.re.MatchString(s)
	}
	for _, c := range s {
		if c > 0xFF || p.class[c>>6]>>(c&63)&1 == 0 {
			return false
		}
	}
	return s != "" || p.empty
}
