package kmsrapid_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// pasted is the test at the end of a log.
func pasted(t *testing.T, log string) string {
	t.Helper()
	at := strings.LastIndex(log, "\npackage kms_test\n")
	if at < 0 {
		t.Fatalf("there is no test in\n%s", log)
	}
	return log[at+1:]
}

// The test that a failure prints compiles as it is, vet finds nothing in it, and it
// meets the same answers: it fails at its end, where the property did, and nowhere
// else.
func TestThePastedTest(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs the go command")
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil { // Git keeps no empty folder
		t.Fatal(err)
	}
	// It has to be in this module, and where ./... does not look.
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("testdata", "pasted")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.RemoveAll(dir)
		_ = os.Remove("testdata") // unless there is more in it
	})
	names := map[string]string{}
	write := func(what, log string) {
		source := pasted(t, log)
		name := fmt.Sprintf("Test%d", len(names))
		source = regexp.MustCompile(`func Test\w+\(`).ReplaceAllString(source, "func "+name+"(")
		if err := os.WriteFile(filepath.Join(dir, name+"_test.go"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		names[name] = what
	}
	for _, act := range kmsrapid.Acts() {
		log, failed := check(t, failsAfter(act), appKey, kmsrapid.Only(act))
		if !failed {
			t.Errorf("%s never happens", act)
			continue
		}
		write(string(act), log)
	}
	log, _ := check(t, manyCalls, kmsrapid.Quiet(), kmsrapid.Prepare(fillWorld), kmsrapid.With(kmsfake.WithRegion("eu-west-1"), kmsfake.WithAccount("444455556666")), richKeys)
	write("many calls", log)

	command := exec.Command("go", "test", "-v", "./"+filepath.ToSlash(dir))
	raw, _ := command.CombinedOutput()
	out := string(raw)
	for name, what := range names {
		// The only complaint is the one at the end.
		complaints := regexp.MustCompile(`(?m)^    `+name+`_test\.go:\d+: (.*)$`).FindAllStringSubmatch(out, -1)
		if !strings.Contains(out, "--- FAIL: "+name+" ") || len(complaints) != 1 || complaints[0][1] != "as it should" && what != "many calls" {
			source, _ := os.ReadFile(filepath.Join(dir, name+"_test.go"))
			t.Errorf("%s: %q\n%s", what, complaints, source)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}

// failsAfter is a property that fails if an act has happened.
func failsAfter(act kmsrapid.Act) func(*rapid.T, *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		begun := fake.Now()
		tenCalls(t.Context(), fake)
		happened := slices.ContainsFunc(fake.Calls(), func(c kmsfake.Call) bool {
			switch act {
			case kmsrapid.TimePasses:
				return c.Time.Sub(begun) > 0
			case kmsrapid.Throttle:
				return code(c.Error) == "ThrottlingException"
			case kmsrapid.Fail:
				return c.Fault != nil && c.Fault.Applied
			}
			return c.Operation == string(act) && c.Principal == administrator && c.Error == nil
		})
		if happened {
			t.Fatal("as it should")
		}
	}
}

// richKeys are keys with everything that a key can have.
var richKeys = kmsrapid.Keys(
	kmsfake.Key{
		ID: "mrk-0123456789abcdef0123456789abcdef", Region: "us-east-1", Spec: types.KeySpecHmac256, Usage: types.KeyUsageTypeGenerateVerifyMac,
		Description: "a \"description\"\nof two lines", Tags: map[string]string{"b": "2", "a": "`1`"}, Aliases: []string{"alias/mac", "alias/mac2"},
	},
	kmsfake.Key{
		ID: "12345678-0000-4000-8000-000000000000", Origin: types.OriginTypeExternal, Material: []byte("\x00\x01\xff 32 bytes of key material...."),
		State: types.KeyStatePendingDeletion, DeletionDate: time.Date(2026, 3, 1, 12, 30, 0, 5e8, time.FixedZone("", 3600)),
	},
)

func fillWorld(t *rapid.T, fake *kmsfake.Fake) {
	if _, err := fake.CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String("prepared")}); err != nil {
		t.Fatal(err)
	}
}

// manyCalls makes calls of every kind of input by handles of every kind, meets
// faults of every kind, and fails without a text.
func manyCalls(t *rapid.T, fake *kmsfake.Fake) {
	ctx := t.Context()
	_, _ = fake.ListKeys(ctx, nil)
	made, err := fake.CreateKey(ctx, &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String("k"), TagValue: aws.String("v\n")}}, MultiRegion: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	key := made.KeyMetadata.KeyId
	fake.Advance(90*time.Second + 5*time.Nanosecond)
	granted, err := fake.CreateGrant(ctx, &kms.CreateGrantInput{
		KeyId: made.KeyMetadata.Arn, GranteePrincipal: aws.String("arn:aws:iam::444455556666:role/app"),
		Operations:  []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
		Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"tenant": "a"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	role := fake.As("arn:aws:iam::444455556666:role/app", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}`)
	context := map[string]string{"tenant": "a", "b": "\x00"}
	sealed, err := role.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: []byte("more than sixteen bytes"), EncryptionContext: context, GrantTokens: []string{*granted.GrantToken}})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := role.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: context})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fake.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: opened.Plaintext})
	_, _ = fake.As("s3.amazonaws.com").ListKeys(ctx, nil)
	_, _ = fake.InAccount("111122223333").ListKeys(ctx, &kms.ListKeysInput{Limit: aws.Int32(1)})
	_, _ = fake.InRegion("us-east-1").GenerateMac(ctx, &kms.GenerateMacInput{KeyId: aws.String("alias/mac"), Message: []byte("m"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256})
	_, _ = fake.Sign(ctx, &kms.SignInput{KeyId: key, Message: []byte{0}, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256})
	_, _ = fake.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: aws.String("12345678-0000-4000-8000-000000000000")})
	for _, f := range []kmsfake.Fault{
		{Error: kmsfake.Timeout, Delay: time.Second},
		{Error: &types.KeyUnavailableException{}, Applied: true},
		{Error: &types.KeyUnavailableException{Message: aws.String(`not "now"`)}},
		{Error: kmsfake.Forced(&smithy.GenericAPIError{Code: "NewException", Message: "of today"})},
		{Error: fmt.Errorf("the wire is cut")},
		{Delay: 1500 * time.Millisecond},
	} {
		f.Operation, f.Times = "GenerateDataKey", 1
		injection := fake.Inject(f)
		_, _ = fake.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: key, NumberOfBytes: aws.Int32(16)})
		injection.Remove()
	}
	t.Errorf("an error that does not end the run")
}
