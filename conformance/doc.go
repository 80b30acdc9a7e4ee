// Package conformance is the contract of the fake in the open: one table of
// scenarios, each a few calls of AWS KMS with the exact answers or errors, and
// where that is known from. The same table runs against a [kmsfake.Fake], its
// client, its HTTP server, any other endpoint, and AWS itself:
//
//	go test ./conformance                                   # the fake, in all three ways
//	go test ./conformance -endpoint http://localhost:4566   # what another endpoint does differently
//	go test ./conformance -aws -yes                         # AWS KMS
//	go run ./conformance/report                             # by operation: what is proven, what is guessed
//
// # Against AWS
//
// Credentials and Region come from the environment, AWS_ACCESS_KEY_ID and its
// kin and AWS_REGION; for a profile or single sign-on,
//
//	eval "$(aws configure export-credentials --format env)"
//
// puts them there. Without -yes the run sends nothing, prints what it would do and
// cost, and fails. Every KMS key carries the tag kmsfake-conformance and is
// scheduled for deletion when its scenario ends, failed or not; keys that wait for
// deletion cost nothing. -sweep, with -aws -yes, schedules what an interrupted run
// left behind.
//
// # Proving a guess
//
//	go test ./conformance -aws -yes -prove -run 'TestAWS/the_name_of_the_scenario'
//
// adds what AWS agreed with to proven.txt, and the scenario then counts as
// recorded. A scenario that is changed afterwards loses its proof.
package conformance
