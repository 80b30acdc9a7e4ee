package conformance

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// proven.txt has a line for every scenario that AWS agreed with: the date, the
// fingerprint of what was played, and the name, with tabs between them.
//
//go:embed proven.txt
var proven string

// Proof is a play of a scenario against AWS in which nothing differed.
type Proof struct {
	Date        string // as 2006-01-02
	fingerprint string
	Name        string
}

// Proofs returns the proofs in proven.txt, in the order of the file.
func Proofs() ([]Proof, error) { return readProofs(proven) }

func readProofs(text string) ([]Proof, error) {
	var proofs []Proof
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("proven.txt:%d: want a date, a fingerprint and a name", i+1)
		}
		if _, err := time.Parse(time.DateOnly, fields[0]); err != nil {
			return nil, fmt.Errorf("proven.txt:%d: %w", i+1, err)
		}
		proofs = append(proofs, Proof{fields[0], fields[1], fields[2]})
	}
	return proofs, nil
}

// Prove is the line of proven.txt for a scenario that AWS agreed with at a time.
func (s *Scenario) Prove(at time.Time) string {
	return at.UTC().Format(time.DateOnly) + "\t" + s.fingerprint() + "\t" + s.Name + "\n"
}

// Proves says whether the proof is of the scenario as it is now.
func (p Proof) Proves(s *Scenario) bool {
	return p.Name == s.Name && p.fingerprint == s.fingerprint()
}
