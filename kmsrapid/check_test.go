package kmsrapid_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// Failures are planned here, and one that is not found would be a failure: more
// runs than by default, and no files of failures. How small they get matters to
// few tests, which set the flags for themselves.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := "300"
	if testing.Short() {
		checks = "1500" // of which rapid makes a fifth
	}
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.checks": checks, "rapid.shrinktime": "20ms"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// set sets a flag for a test that runs alone.
func set(t testing.TB, name, value string) {
	t.Helper()
	of := flag.Lookup(name).Value
	before := of.String()
	if err := of.Set(value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = of.Set(before) })
}

func TestACarefulCallerPasses(t *testing.T) {
	t.Parallel()
	kmsrapid.Check(t, sealsAndOpens(open), appKey)
}

// A caller that decrypts under an alias passes as long as it is alone, and is
// found when it is not.
func TestACallerThatDecryptsUnderAnAlias(t *testing.T) {
	set(t, "rapid.shrinktime", "30s") // so it is not parallel
	kmsrapid.Check(t, sealsAndOpens(openUnderAlias), appKey, kmsrapid.Quiet())
	for range 2 {
		log, failed := check(t, sealsAndOpens(openUnderAlias), appKey)
		if !failed {
			t.Fatal("it is not found")
		}
		// The world is as small as can be, and so is what happens in it.
		calls := strings.Count(pasted(t, log), "(ctx, &kms.")
		if calls > 5 || !mentions(log, "draw world: kmsrapid.AWS{}", "draw secrets: 1\n", "What happens in between:\nbefore call 2, Decrypt: UpdateAlias\n", "administrator.UpdateAlias", "IncorrectKeyException") {
			t.Errorf("%d calls in\n%s", calls, log)
		}
	}
}

// sealsAndOpens is a property with 2 to 10 calls.
func sealsAndOpens(open kmsrapid.Transform) func(*rapid.T, *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		var list [][]byte
		for range rapid.IntRange(1, 5).Draw(t, "secrets") {
			stored, err := seal(t.Context(), fake, []byte("secret"))
			if err == nil {
				list = append(list, stored)
			}
		}
		for _, stored := range list {
			opened, err := open(t.Context(), fake, stored)
			if err == nil && !bytes.Equal(opened, []byte("secret")) {
				t.Fatalf("opened %q", opened)
			}
			if code(err) == "IncorrectKeyException" {
				t.Fatalf("looks under the wrong key: %v", err)
			}
		}
	}
}

// A panic of the code under test is a failure with the calls that led to it, and a
// run that skips itself is none.
func TestPanicsAndSkips(t *testing.T) {
	t.Parallel()
	log, failed := check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		out, _ := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("x")})
		_ = *out.KeyId
	}, appKey, kmsrapid.Only(kmsrapid.DisableKey))
	if !failed || !mentions(log, "nil pointer dereference", "check_test.go:", "// DisabledException: ", "administrator.DisableKey(ctx, ", "before call 1, Encrypt: DisableKey\n") {
		t.Errorf("%v: %s", failed, log)
	}
	log, failed = check(t, func(t *rapid.T, _ *kmsfake.Fake) { t.Skip("not this one") })
	if !failed || strings.Contains(log, "package kms_test") || !mentions(log, "only generated 0 valid tests") {
		t.Errorf("%v: %s", failed, log)
	}
}

// The world is in the account of the handle, wherever that is.
func TestWorldOfAnotherAccount(t *testing.T) {
	t.Parallel()
	granted := 0
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		for _, c := range fake.Calls() {
			if c.Account != "444455556666" {
				t.Fatal(c)
			}
			granted++
		}
	}, kmsrapid.With(kmsfake.WithAccount("444455556666"), kmsfake.WithRegion("ap-south-1")), kmsrapid.Quiet())
	if granted == 0 {
		t.Error("there is never a grant")
	}
}
