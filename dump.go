package kmsfake

import "io"

// Dump writes the state of this AWS, all accounts and Regions, as text for the
// log of a failing test: custom key stores; every key with its state, aliases, tags,
// grants, the ids of its key material, and its policy if that is not the default
// one; faults. Key material itself, plaintexts and credentials are not in it. The same state gives the same text. Errors of the writer are ignored.
func (f *Fake) Dump(w io.Writer) { f.aws.Dump(w) }
