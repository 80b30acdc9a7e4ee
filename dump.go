package kmsfake

import "io"

// Dump writes the state of this AWS, all accounts and Regions, as text for the
// log of a failing test: every key with its state, aliases, tags and policy. Key
// material, plaintexts and credentials are not in it. The same state gives the
// same text. Errors of the writer are ignored.
func (f *Fake) Dump(w io.Writer) { f.aws.Dump(w) }
