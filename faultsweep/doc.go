// Package faultsweep asks whether code survives every way in which AWS KMS can
// fail, at every call. A test says once what must hold; the sweep finds the call
// and the failure for which it does not.
//
//	func TestProvision(t *testing.T) {
//		faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
//			err := app.Provision(t.Context(), fake, "alias/app") // the code under test
//
//			state := fake.Clone() // has what happened, and no faults
//			_, missing := state.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/app")})
//			if err == nil && missing != nil {
//				t.Error("provisioned, and the alias leads nowhere")
//			}
//			if err != nil && liveKeys(state) > 0 { // counts those not pending deletion
//				t.Error("failed, and left a key behind that costs money")
//			}
//		})
//	}
//
// The body is run once as it is, then again for every call that it made and every
// failure of that call's operation, each time on a fresh fake with the same seed,
// so that all ids are the same. It must pass whatever fails: it checks what the
// code under test promises, not that it succeeds. What it looks at itself, it
// looks at in a [kmsfake.Fake.Clone], whose calls nobody fails; what it needs
// beforehand stands in [Prepare].
//
// Every run is a subtest with a name to give to -run. One that fails tells which
// call met which failure, the calls around it, and the line that injects it:
//
//	--- FAIL: TestProvision/CreateAlias#1/DependencyTimeoutException/applied
//	    faultsweep: the body fails when CreateAlias#1 meets DependencyTimeoutException after it took effect.
//	        00:00:00.000 CreateKey arn:aws:kms:us-east-1:111122223333:key/... by ...: ok
//	      > 00:00:00.000 CreateAlias arn:aws:kms:us-east-1:111122223333:key/... by ...: ... (a fault; the operation took effect)
//	        00:00:00.000 ScheduleKeyDeletion arn:aws:kms:us-east-1:111122223333:key/... by ...: ok
//	    The same in a plain test, with the same seed:
//	        fake.Inject(kmsfake.Fault{Operation: "CreateAlias", Times: 1, Error: &types.DependencyTimeoutException{}, Applied: true})
//
// A failure after the operation took effect is tried where it can be: the service
// or the network failed, and the caller cannot know. An exception by which the
// service refuses is tried before it only.
//
// [Interfere] has an administrator disable keys, move aliases and more between the
// calls; [Pairs] fails a second call while the body handles the first.
//
// The body runs in a bubble of testing/synctest, where waits and deadlines cost no
// time, and in which a body that blocks for ever is noticed. One that polls for
// ever is ended when the fake's clock has gone a day beyond the run without
// faults, or after some thousand calls. With the SDK's client a single failure is
// often retried and overcome: see [Times].
package faultsweep
