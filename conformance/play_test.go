package conformance

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/server"
)

// liar is an API that answers otherwise than AWS in one thing.
type liar struct {
	kmsfake.API
	decrypt func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error)
}

func (l liar) Decrypt(ctx context.Context, in *kms.DecryptInput, optFns ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	return l.decrypt(l.API.Decrypt(ctx, in, optFns...))
}

func named(t *testing.T, name string) *Scenario {
	t.Helper()
	list := Scenarios()
	i := slices.IndexFunc(list, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no scenario %q", name)
	}
	return &list[i]
}

// What an endpoint does otherwise must be found: every lie has its difference.
func TestDifferencesAreFound(t *testing.T) {
	t.Parallel()
	const opens, refuses = "what is encrypted is decrypted, the key named or not", "garbage is no ciphertext"
	for _, c := range []struct {
		lie, scenario string
		decrypt       func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error)
		call          int
		want          string
	}{
		{"another member", opens, func(out *kms.DecryptOutput, err error) (*kms.DecryptOutput, error) {
			out.CiphertextForRecipient = []byte("x")
			return out, err
		}, 3, `CiphertextForRecipient: want nothing, have "x"`},
		{"a member less", opens, func(out *kms.DecryptOutput, err error) (*kms.DecryptOutput, error) {
			out.EncryptionAlgorithm = ""
			return out, err
		}, 3, `EncryptionAlgorithm: want "SYMMETRIC_DEFAULT", have nothing`},
		{"another value", opens, func(out *kms.DecryptOutput, err error) (*kms.DecryptOutput, error) {
			out.Plaintext = []byte("public")
			return out, err
		}, 3, `Plaintext: want "secret", have "public"`},
		{"nothing at all", opens, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return nil, nil
		}, 3, "want an answer, have neither an answer nor an error"},
		{"a key id for an ARN", opens, func(out *kms.DecryptOutput, err error) (*kms.DecryptOutput, error) {
			out.KeyId = aws.String((*out.KeyId)[strings.LastIndex(*out.KeyId, "/")+1:])
			return out, err
		}, 3, `KeyId: want "arn:aws:kms:us-east-1:111122223333:key/`},
		{"an error for an answer", opens, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return nil, errors.New("broken")
		}, 3, "want an answer, have broken"},
		{"an answer for an error", refuses, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return &kms.DecryptOutput{}, nil
		}, 2, "want InvalidCiphertextException, have an answer"},
		{"another exception", refuses, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return nil, &types.IncorrectKeyException{}
		}, 2, "want InvalidCiphertextException, have IncorrectKeyException"},
		{"other words", refuses, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return nil, &types.InvalidCiphertextException{Message: aws.String("no")}
		}, 2, `message: want "", have "no"`},
		{"no exception", refuses, func(*kms.DecryptOutput, error) (*kms.DecryptOutput, error) {
			return nil, context.DeadlineExceeded
		}, 2, "want InvalidCiphertextException, have context deadline exceeded"},
	} {
		t.Run(c.lie, func(t *testing.T) {
			t.Parallel()
			fake := kmsfake.New()
			have := named(t, c.scenario).Play(t.Context(), own(t, fake, liar{fake, c.decrypt}))
			if len(have) != 1 || have[0].Call != c.call || have[0].Operation != "Decrypt" || !strings.HasPrefix(have[0].What, c.want) {
				t.Errorf("have %v, want call %d: %s", have, c.call, c.want)
			}
		})
	}
}

// A scenario that does not fit itself is told, not played as if it did.
func TestScenariosThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		call Call
		want string
	}{
		{given("Encrypt", m{"KeyId": "{nobody}"}), "KeyId: nothing is kept as nobody"},
		{given("Encrypt", m{"Key": "x"}), "EncryptInput has no member Key"},
		{given("Encrypt", m{"KeyId": 1}), "KeyId: int is no string"},
		{given("GenerateRandom", m{"NumberOfBytes": "32"}), "NumberOfBytes: string is no int32"},
		{given("TagResource", m{"Tags": []m{{"Key": "x"}}}), "Tags: 0: Tag has no member Key"},
		{given("Encrypt", m{"Plaintext": altered("{region}")}), "Plaintext: {region} is no binary data"},
		{given("EncryptMore", nil), "no operation EncryptMore"},
	} {
		fake := kmsfake.New()
		s := Scenario{Name: "nonsense", Calls: []Call{c.call}}
		if have := s.Play(t.Context(), own(t, fake, fake)); len(have) != 1 || !strings.HasSuffix(have[0].What, c.want) {
			t.Errorf("have %v, want %s", have, c.want)
		}
	}
}

func TestTargetsThatCannotPlayAScenario(t *testing.T) {
	t.Parallel()
	timed, cluster, plain := named(t, "key material expires"), named(t, "a custom key store is renamed"), named(t, "random bytes")
	for _, c := range []struct {
		target   *Target
		scenario *Scenario
		want     string
	}{
		{&Target{}, plain, ""},
		{&Target{}, timed, "its time cannot be moved"},
		{&Target{}, cluster, ""},
		{&Target{Genuine: true}, cluster, "needs an AWS CloudHSM cluster"},
		{&Target{Advance: func(time.Duration) error { return nil }}, timed, ""},
	} {
		if have := c.target.Refuses(c.scenario); have != c.want {
			t.Errorf("%s: have %q, want %q", c.scenario.Name, have, c.want)
		}
	}
}

// Whatever becomes of a scenario, its keys are on their way out afterwards and its
// aliases gone.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(kmsfake.WithoutAWSAliases())
	to := own(t, fake, fake)
	to.Advance = nil
	for _, s := range Scenarios() {
		if to.Refuses(&s) == "" && !moves(&s) {
			s.Calls = append(slices.Clone(s.Calls), given("DescribeKey", m{"KeyId": missingKey})) // which fails
			if have := s.Play(t.Context(), to); len(have) != 1 {
				t.Errorf("%s: %v", s.Name, have)
			}
		}
	}
	for _, handle := range []*kmsfake.Fake{fake, fake.InRegion(*otherRegion)} {
		pages := kms.NewListKeysPaginator(handle, &kms.ListKeysInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range page.Keys {
				out, err := handle.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key.KeyId})
				if err != nil || out.KeyMetadata.DeletionDate == nil && out.KeyMetadata.KeyState != types.KeyStatePendingReplicaDeletion {
					t.Errorf("%s is left: %v", *key.KeyArn, err)
				}
			}
		}
		aliases, err := handle.ListAliases(t.Context(), nil)
		if err != nil || len(aliases.Aliases) != 0 {
			t.Errorf("%d aliases are left: %v", len(aliases.Aliases), err)
		}
	}
}

func TestClearingUpThatFailsIsTold(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	fake.Inject(kmsfake.Fault{Operation: "ScheduleKeyDeletion", Error: &types.KMSInternalException{}})
	have := named(t, "a description is kept").Play(t.Context(), own(t, fake, fake))
	if len(have) != 1 || have[0].Operation != "clearing up" || !strings.Contains(have[0].What, "is left") {
		t.Errorf("have %v", have)
	}
}

func TestClearingUpOutlivesTheContext(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	to := own(t, fake, fake)
	ctx, cancel := context.WithCancel(t.Context())
	to.Advance = func(time.Duration) error { cancel(); return ctx.Err() }
	s := Scenario{Calls: []Call{newKey("key", nil), passes(hour)}}
	if have := s.Play(ctx, to); len(have) != 1 || !strings.Contains(have[0].What, "context canceled") {
		t.Errorf("have %v", have)
	}
	if calls := fake.Calls(); calls[len(calls)-1].Operation != "ScheduleKeyDeletion" {
		t.Errorf("the last call was %s", calls[len(calls)-1].Operation)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	to := own(t, fake, fake)
	tag := []types.Tag{{TagKey: aws.String(Label), TagValue: aws.String("interrupted")}}
	var want []string
	for _, handle := range []*kmsfake.Fake{fake.InRegion(*otherRegion), fake} {
		for _, tags := range [][]types.Tag{nil, tag} {
			out, err := handle.CreateKey(t.Context(), &kms.CreateKeyInput{Tags: tags})
			if err != nil {
				t.Fatal(err)
			}
			if tags != nil {
				want = append(want, *out.KeyMetadata.Arn)
			}
		}
	}
	for _, want := range [][]string{want, nil} { // the second time there is nothing to do
		var have []string
		if err := Sweep(t.Context(), to, func(arn string) { have = append(have, arn) }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(have, want) {
			t.Errorf("have %v, want %v", have, want)
		}
	}
}

// Where changes take time to show, what is read is read again.
func TestChangesThatTakeTime(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	injection := fake.Inject(kmsfake.Fault{Operation: "DescribeKey", Skip: 1, Times: 2, Error: &types.NotFoundException{}})
	to := own(t, fake, fake)
	to.Settle = time.Millisecond
	if have := named(t, "a description is kept").Play(t.Context(), to); len(have) != 0 {
		t.Errorf("have %v", have)
	}
	if injection.Fired() != 2 {
		t.Errorf("read %d times in vain", injection.Fired())
	}
}

func TestWhoseTheTargetIs(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(kmsfake.WithAccount("444455556666"), kmsfake.WithRegion("cn-north-1"))
	to, err := NewTarget(t.Context(), fake, "cn-north-1", "cn-northwest-1")
	if err != nil || to.Account != "444455556666" || to.Partition != "aws-cn" {
		t.Errorf("have %v, %v", to, err)
	}
	fake.Inject(kmsfake.Fault{Error: &types.KMSInternalException{}})
	if _, err := NewTarget(t.Context(), fake, "cn-north-1", "cn-northwest-1"); err == nil {
		t.Error("a target whose account is not known")
	}
}

// An endpoint of another process is played in the same way, all scenarios on one
// AWS.
func TestEndpointOfAnotherProcess(t *testing.T) {
	t.Parallel()
	if *genuine || *endpointURL != "" {
		t.Skip("another target is asked for")
	}
	another, err := server.New(server.Config{Region: "us-east-1", Account: "111122223333", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(another)
	t.Cleanup(listening.Close)
	playAt(t, listening.URL, "us-east-1")
}

func TestEndpointThatCannotMoveTime(t *testing.T) {
	t.Parallel()
	listening := httptest.NewServer(kmsfake.New())
	t.Cleanup(listening.Close)
	if err := advanceOver(t.Context(), listening.URL, hour); err == nil {
		t.Error("AWS KMS moved its time")
	}
	to := &Target{}
	p := &play{target: to, ctx: t.Context()}
	if err := p.advance(time.Millisecond); err != nil {
		t.Error(err)
	}
	if err := p.advance(hour); err == nil {
		t.Error("an hour was waited for")
	}
}

func TestProofs(t *testing.T) {
	t.Parallel()
	s := named(t, "random bytes")
	proofs, err := readProofs("# a comment\n\n" + s.Prove(time.Date(2026, 5, 4, 23, 0, 0, 0, time.UTC)))
	if err != nil || len(proofs) != 1 || proofs[0].Date != "2026-05-04" || !proofs[0].Proves(s) {
		t.Fatalf("have %v, %v", proofs, err)
	}
	changed := *s
	changed.Calls = append(slices.Clone(s.Calls), given("ListKeys", nil))
	if proofs[0].Proves(&changed) {
		t.Error("a changed scenario keeps its proof")
	}
	if proofs[0].Proves(named(t, "a data key of 128 bits")) {
		t.Error("the proof of another scenario")
	}
	for _, bad := range []string{"x", "2026-05-04\tx", "04.05.2026\tx\ty"} {
		if _, err := readProofs(bad); err == nil || !strings.HasPrefix(err.Error(), "proven.txt:1: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Every fingerprint is of one scenario, and the same in every run.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	of := map[string]string{}
	again := Scenarios()
	for i, s := range Scenarios() {
		print := s.fingerprint()
		if of[print] != "" {
			t.Errorf("%q and %q state the same", of[print], s.Name)
		}
		of[print] = s.Name
		if again[i].fingerprint() != print {
			t.Errorf("%q has two fingerprints", s.Name)
		}
	}
}

func TestProvenFile(t *testing.T) {
	t.Parallel()
	proofs, err := Proofs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proofs {
		if named(t, p.Name); p.fingerprint == "" {
			t.Errorf("%s: no fingerprint", p.Name)
		}
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	have := Estimate([]Scenario{{Calls: []Call{
		newKey("key", nil), passes(day), given("ListKeys", nil), given("GenerateDataKeyPair", m{"KeyPairSpec": "RSA_2048"}),
		given("GenerateDataKeyPair", m{"KeyPairSpec": "ECC_NIST_P256"}), given("Sign", nil),
	}}})
	const dollars = 1./730 + (3*0.03+12+0.10+0.15)/10_000
	if have.Keys != 1 || have.Requests != 6 || have.Dollars < dollars-1e-9 || have.Dollars > dollars+1e-9 {
		t.Errorf("have %+v, want $%f", have, dollars)
	}
	if all := Estimate(Scenarios()); all.Dollars > 5 {
		t.Errorf("a run costs %v", all)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
	}{{nil, "nothing"}, {"", `""`}, {[]byte("text"), `"text"`}, {[]byte{0, 1}, "2 bytes"}, {bytes.Repeat([]byte("a"), 33), "33 bytes"}, {true, "true"}} {
		if have := show(c.value); have != c.want {
			t.Errorf("%v: have %s, want %s", c.value, have, c.want)
		}
	}
}
