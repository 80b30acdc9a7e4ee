// Package kmsfake is an AWS KMS in memory, for tests of Go code that uses the
// real one. A caller cannot tell the two apart: the same answers, the same typed
// exceptions with the same words, the same key states, real cryptography.
//
// One call makes it, one makes time pass, one makes it fail:
//
//	fake := kmsfake.New()
//	fake.Advance(8 * 24 * time.Hour)
//	fake.Inject(kmsfake.Fault{Operation: "Decrypt", Error: &types.KMSInternalException{}})
//
// # Ways in
//
// Code that takes an interface of KMS operations takes the [*Fake] itself: it has
// every operation of [*kms.Client], and the SDK's paginators take it too. Code
// that takes a [*kms.Client] takes [Fake.Client], a real client of the SDK that
// the fake serves in process, without a socket. Code that builds its own client
// takes [Fake.Config]. Other processes and languages talk to the Fake, which is a
// [net/http.Handler], or to the command cmd/kmsfake.
//
// # One AWS, many handles
//
// A Fake is a handle: it acts as one principal of one account in one Region.
// [Fake.InRegion], [Fake.InAccount] and [Fake.As] give other handles on the same
// AWS. New acts as an administrator, so that a test that does not care about
// permissions meets none; a test that does asks as the role that its code will
// run under.
//
// # Time
//
// The state of a key follows from what was done to it and from the time.
// Nothing runs in the background. [Fake.Advance] moves the time, and what was to
// happen by then has happened: a key scheduled for deletion is gone, imported key
// material has expired, rotations are done. The default clock is [time.Now], so a
// bubble of testing/synctest works unaided.
//
// # What is exact, and what is a guess
//
// Types, statuses and the order of checks are those that AWS documents or that
// were recorded from it. Where the text of an error, or in a few cases its type, is
// not known, the source marks it as a guess. Ids, key material and random bytes
// follow from a seed ([WithSeed]). RSA keys are made of primes that ship with the
// package: they are for tests alone.
package kmsfake
