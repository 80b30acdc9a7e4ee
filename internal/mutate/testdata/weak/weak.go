// Package weak is tested for some of what it does.
package weak

import (
	"errors"
	"slices"
)

type row string

const (
	first  row = "+-"
	second row = "-!"
)

var rows = map[string]row{"first": first, "second": second, "third": "!+"}

type limit struct {
	name  string
	most  int
	exact bool
}

var limits = []limit{{name: "small", most: 2}, {"large", 9, true}}

// Allowed says whether there is a plus in a column of a row.
func Allowed(name string, column int) bool { return rows[name][column] == '+' }

// Check refuses what a limit does not allow.
func Check(name string, n int) error {
	for _, l := range limits {
		if l.name != name {
			continue
		}
		if n > l.most || l.exact && n != l.most {
			return refuse(name)
		}
		return nil
	}
	return refuse("unknown")
}

func refuse(name string) error { return errors.New("refused: " + name) }

// Sum adds, and counts in a copy.
func Sum(list []int) (total int, sorted []int) {
	sorted = slices.Clone(list)
	slices.Sort(sorted)
	for _, n := range list {
		total = total + n
	}
	return total, sorted
}

func forgotten(n int) bool {
	n++
	return n < 3
}
