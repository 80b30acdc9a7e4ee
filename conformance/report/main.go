// Report prints how well what the fake does is known, by operation: how many
// scenarios were recorded from AWS or proven against it since, documented,
// reported by users, and guessed. With -v it names those that are not proven.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"text/tabwriter"

	"example.com/kmsfake/conformance"
)

func main() {
	log.SetFlags(0)
	verbose := flag.Bool("v", false, "name the scenarios that are guessed, or whose words are")
	flag.Parse()
	proofs, err := conformance.Proofs()
	if err != nil {
		log.Fatal(err)
	}
	if err := write(os.Stdout, conformance.Scenarios(), proofs, *verbose); err != nil {
		log.Fatal(err)
	}
}

// standing is how a scenario is known, its proof counted.
func standing(s *conformance.Scenario, proofs []conformance.Proof) conformance.Evidence {
	if slices.ContainsFunc(proofs, func(p conformance.Proof) bool { return p.Proves(s) }) {
		return conformance.Recorded
	}
	return s.Fact.Evidence
}

// row counts the scenarios of an operation by their evidence.
type row struct {
	by    [conformance.Guessed + 1]int
	words int // of the scenarios that are no guess, those with words that are
}

func (r *row) add(evidence conformance.Evidence, words bool) {
	r.by[evidence]++
	if words && evidence != conformance.Guessed && evidence != conformance.Recorded {
		r.words++
	}
}

func (r *row) print(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", name, r.by[conformance.Recorded], r.by[conformance.Documented], r.by[conformance.Reported], r.by[conformance.Guessed], r.words)
}

func write(to io.Writer, scenarios []conformance.Scenario, proofs []conformance.Proof, verbose bool) error {
	rows, total := map[string]*row{}, &row{}
	var names []string
	for _, s := range scenarios {
		evidence := standing(&s, proofs)
		total.add(evidence, s.WordsGuessed())
		for _, operation := range s.Operations() {
			if rows[operation] == nil {
				rows[operation] = &row{}
				names = append(names, operation)
			}
			rows[operation].add(evidence, s.WordsGuessed())
		}
	}
	slices.Sort(names)
	table := tabwriter.NewWriter(to, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "scenarios\trecorded\tdocumented\treported\tguessed\twords guessed\t")
	for _, name := range names {
		rows[name].print(table, name)
	}
	total.print(table, "all")
	if err := table.Flush(); err != nil {
		return err
	}
	if !verbose {
		return nil
	}
	return nameGuesses(to, scenarios, proofs)
}

func nameGuesses(to io.Writer, scenarios []conformance.Scenario, proofs []conformance.Proof) error {
	for _, s := range scenarios {
		evidence := standing(&s, proofs)
		what := ""
		switch {
		case evidence == conformance.Guessed:
			what = "guessed"
		case evidence != conformance.Recorded && s.WordsGuessed():
			what = "words guessed"
		default:
			continue
		}
		if _, err := fmt.Fprintf(to, "\n%s (%s)\n\t%s\n", s.Name, what, s.Fact.From); err != nil {
			return err
		}
	}
	return nil
}
