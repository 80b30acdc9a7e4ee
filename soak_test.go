package kmsfake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

var soak = flag.Duration("soak", 0, "how long TestSoak runs, but not past -timeout; without it, a moment")

const (
	soakers      = 16
	soakSlots    = 40 // keys that are in use
	soakAliases  = 30
	soakRetirer  = "arn:aws:iam::" + account + ":role/retirer"
	soakJournal  = 2000
	soakKeyQuota = 200
)

// soakKinds are the kinds of keys, a kind a slot in turn.
var soakKinds = []kms.CreateKeyInput{
	{}, {}, {},
	{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac},
	{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify},
	{Origin: types.OriginTypeExternal},
	{MultiRegion: aws.Bool(true)},
	{KeySpec: types.KeySpecMlKem768, KeyUsage: types.KeyUsageTypeEncapsulateDecapsulate},
}

// world is what the soakers share: names and bytes that answers gave.
type soakWorld struct {
	fake    *kmsfake.Fake
	keys    [soakSlots]atomic.Pointer[string]
	blobs   [soakSlots]atomic.Pointer[[]byte]
	grants  [soakSlots]atomic.Pointer[soakGrant]
	answers map[string]map[string]*atomic.Int64 // by operation and code
}

type soakGrant struct{ key, id, token string }

// soaker is one of the goroutines.
type soaker struct {
	*soakWorld
	t      *testing.T
	random *mathrand.Rand
}

// slot is a slot of one of the kinds.
func (s *soaker) slot(kinds ...int) int {
	return s.random.IntN(soakSlots/len(soakKinds))*len(soakKinds) + kinds[s.random.IntN(len(kinds))]
}

// key names the key of a slot, in one of its ways.
func (s *soaker) key(slot int) *string {
	id := *s.keys[slot].Load()
	if s.random.IntN(3) == 0 {
		id = keyARN(s.fake, id)
	}
	return &id
}

func (s *soaker) any() *string { return s.key(s.random.IntN(soakSlots)) }

func (s *soaker) symmetric() *string { return s.key(s.slot(0, 1, 2, 6)) }

func (s *soaker) alias() *string {
	return aws.String(fmt.Sprintf("alias/%d", s.random.IntN(soakAliases)))
}

func (s *soaker) blob() []byte {
	if b := s.blobs[s.random.IntN(soakSlots)].Load(); b != nil {
		return *b
	}
	return []byte("no ciphertext")
}

func (s *soaker) grant() soakGrant {
	if g := s.grants[s.random.IntN(soakSlots)].Load(); g != nil {
		return *g
	}
	return soakGrant{key: unknownKey, id: string(bytes.Repeat([]byte("0"), 64)), token: "none"}
}

// What a key that may be gone, or in any state, answers.
var (
	soakNamed   = []string{"NotFoundException"}
	soakManaged = []string{"NotFoundException", "KMSInvalidStateException"}
	soakUsed    = []string{"NotFoundException", "KMSInvalidStateException", "DisabledException"}
	// A ciphertext does not tell that its key is gone.
	soakOpened = []string{"AccessDeniedException", "InvalidCiphertextException", "KMSInvalidStateException", "DisabledException"}
	// Beside them, whatever the faults make of any call.
	soakFaulted = []string{"ThrottlingException", "KMSInternalException", "connection reset"}
)

// soakCalls are the calls, and the exceptions that each may meet.
var soakCalls = []struct {
	operation string
	codes     []string
	call      func(*soaker) error
}{
	{"CreateKey", []string{"LimitExceededException"}, func(s *soaker) error {
		slot := s.random.IntN(soakSlots)
		in := soakKinds[slot%len(soakKinds)]
		out, err := s.fake.CreateKey(s.t.Context(), &in)
		if err == nil {
			s.keys[slot].Store(out.KeyMetadata.KeyId)
		}
		return err
	}},
	{"CreateAlias", append(soakManaged, "AlreadyExistsException", "LimitExceededException"), func(s *soaker) error {
		_, err := s.fake.CreateAlias(s.t.Context(), &kms.CreateAliasInput{AliasName: s.alias(), TargetKeyId: s.symmetric()})
		return err
	}},
	{"UpdateAlias", append(soakManaged, "LimitExceededException"), func(s *soaker) error {
		_, err := s.fake.UpdateAlias(s.t.Context(), &kms.UpdateAliasInput{AliasName: s.alias(), TargetKeyId: s.symmetric()})
		return err
	}},
	{"DeleteAlias", soakNamed, func(s *soaker) error {
		_, err := s.fake.DeleteAlias(s.t.Context(), &kms.DeleteAliasInput{AliasName: s.alias()})
		return err
	}},
	{"ListAliases", soakNamed, func(s *soaker) error {
		_, err := s.fake.ListAliases(s.t.Context(), &kms.ListAliasesInput{KeyId: s.any()})
		return err
	}},
	{"ListKeys", nil, func(s *soaker) error {
		_, err := s.fake.ListKeys(s.t.Context(), &kms.ListKeysInput{Limit: aws.Int32(10)})
		return err
	}},
	{"DescribeKey", soakNamed, func(s *soaker) error {
		name := s.any()
		if s.random.IntN(2) == 0 {
			name = s.alias()
		}
		_, err := s.fake.DescribeKey(s.t.Context(), &kms.DescribeKeyInput{KeyId: name})
		return err
	}},
	{"EnableKey", soakManaged, func(s *soaker) error {
		_, err := s.fake.EnableKey(s.t.Context(), &kms.EnableKeyInput{KeyId: s.any()})
		return err
	}},
	{"DisableKey", soakManaged, func(s *soaker) error {
		if s.random.IntN(3) > 0 { // lest most keys are disabled
			_, err := s.fake.EnableKey(s.t.Context(), &kms.EnableKeyInput{KeyId: s.any()})
			return err
		}
		_, err := s.fake.DisableKey(s.t.Context(), &kms.DisableKeyInput{KeyId: s.any()})
		return err
	}},
	{"ScheduleKeyDeletion", soakManaged, func(s *soaker) error {
		in := &kms.ScheduleKeyDeletionInput{KeyId: s.any(), PendingWindowInDays: aws.Int32(7 + s.random.Int32N(24))}
		_, err := s.fake.ScheduleKeyDeletion(s.t.Context(), in)
		return err
	}},
	{"CancelKeyDeletion", soakManaged, func(s *soaker) error {
		_, err := s.fake.CancelKeyDeletion(s.t.Context(), &kms.CancelKeyDeletionInput{KeyId: s.any()})
		return err
	}},
	{"Encrypt", soakUsed, func(s *soaker) error {
		name := s.symmetric()
		if s.random.IntN(2) == 0 {
			name = s.alias()
		}
		out, err := s.fake.Encrypt(s.t.Context(), &kms.EncryptInput{KeyId: name, Plaintext: []byte("plaintext")})
		if err == nil {
			s.blobs[s.random.IntN(soakSlots)].Store(&out.CiphertextBlob)
		}
		return err
	}},
	{"Decrypt", soakOpened, func(s *soaker) error {
		out, err := s.fake.Decrypt(s.t.Context(), &kms.DecryptInput{CiphertextBlob: s.blob()})
		if err == nil && string(out.Plaintext) != "plaintext" {
			return fmt.Errorf("the plaintext is %q", out.Plaintext)
		}
		return err
	}},
	{"ReEncrypt", append(soakOpened, "NotFoundException"), func(s *soaker) error {
		out, err := s.fake.ReEncrypt(s.t.Context(), &kms.ReEncryptInput{CiphertextBlob: s.blob(), DestinationKeyId: s.symmetric()})
		if err == nil {
			s.blobs[s.random.IntN(soakSlots)].Store(&out.CiphertextBlob)
		}
		return err
	}},
	{"GenerateDataKey", soakUsed, func(s *soaker) error {
		_, err := s.fake.GenerateDataKey(s.t.Context(), &kms.GenerateDataKeyInput{KeyId: s.symmetric(), KeySpec: types.DataKeySpecAes256})
		return err
	}},
	{"GenerateRandom", nil, func(s *soaker) error {
		_, err := s.fake.GenerateRandom(s.t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(16)})
		return err
	}},
	{"GenerateMac", soakUsed, func(s *soaker) error {
		in := &kms.GenerateMacInput{KeyId: s.key(s.slot(3)), MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Message: []byte("message")}
		_, err := s.fake.GenerateMac(s.t.Context(), in)
		return err
	}},
	{"Sign", soakUsed, func(s *soaker) error {
		in := &kms.SignInput{KeyId: s.key(s.slot(4)), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Message: []byte("message")}
		_, err := s.fake.Sign(s.t.Context(), in)
		return err
	}},
	{"Encapsulate", soakUsed, func(s *soaker) error {
		in := &kms.EncapsulateInput{KeyId: s.key(s.slot(7)), EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}
		_, err := s.fake.Encapsulate(s.t.Context(), in)
		return err
	}},
	{"TagResource", soakManaged, func(s *soaker) error {
		in := &kms.TagResourceInput{KeyId: s.any(), Tags: tags(fmt.Sprintf("tag-%d=%d", s.random.IntN(8), s.random.IntN(100)))}
		_, err := s.fake.TagResource(s.t.Context(), in)
		return err
	}},
	{"UntagResource", soakManaged, func(s *soaker) error {
		in := &kms.UntagResourceInput{KeyId: s.any(), TagKeys: []string{fmt.Sprintf("tag-%d", s.random.IntN(8))}}
		_, err := s.fake.UntagResource(s.t.Context(), in)
		return err
	}},
	{"PutKeyPolicy", soakNamed, func(s *soaker) error {
		in := &kms.PutKeyPolicyInput{KeyId: s.any(), Policy: aws.String(delegating(account, s.random.IntN(20)))}
		_, err := s.fake.PutKeyPolicy(s.t.Context(), in)
		return err
	}},
	{"CreateGrant", append(soakUsed, "LimitExceededException"), func(s *soaker) error {
		in := &kms.CreateGrantInput{
			KeyId: s.symmetric(), GranteePrincipal: aws.String(grantee), RetiringPrincipal: aws.String(soakRetirer), Name: aws.String(fmt.Sprint(s.random.IntN(30))),
			Operations: []types.GrantOperation{types.GrantOperationDecrypt, types.GrantOperationEncrypt},
		}
		out, err := s.fake.CreateGrant(s.t.Context(), in)
		if err == nil {
			s.grants[s.random.IntN(soakSlots)].Store(&soakGrant{*in.KeyId, *out.GrantId, *out.GrantToken})
		}
		return err
	}},
	{"RevokeGrant", soakManaged, func(s *soaker) error {
		g := s.grant()
		_, err := s.fake.RevokeGrant(s.t.Context(), &kms.RevokeGrantInput{KeyId: &g.key, GrantId: &g.id})
		return err
	}},
	{"RetireGrant", append(soakManaged, "InvalidGrantTokenException"), func(s *soaker) error {
		_, err := s.fake.RetireGrant(s.t.Context(), &kms.RetireGrantInput{GrantToken: aws.String(s.grant().token)})
		return err
	}},
	{"RotateKeyOnDemand", append(soakUsed, "ConflictException", "LimitExceededException"), func(s *soaker) error {
		_, err := s.fake.RotateKeyOnDemand(s.t.Context(), &kms.RotateKeyOnDemandInput{KeyId: s.key(s.slot(0, 1, 2))})
		return err
	}},
	{"EnableKeyRotation", soakUsed, func(s *soaker) error {
		in := &kms.EnableKeyRotationInput{KeyId: s.key(s.slot(0, 1, 2)), RotationPeriodInDays: aws.Int32(90)}
		_, err := s.fake.EnableKeyRotation(s.t.Context(), in)
		return err
	}},
	{"ImportKeyMaterial", append(soakManaged, "ExpiredImportTokenException", "IncorrectKeyMaterialException", "ValidationException"), func(s *soaker) error {
		if s.random.IntN(20) > 0 {
			return nil // it costs much
		}
		key := s.key(s.slot(5))
		parameters, err := s.fake.GetParametersForImport(s.t.Context(), &kms.GetParametersForImportInput{
			KeyId: key, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
		})
		if err != nil {
			return err
		}
		public, err := x509.ParsePKIXPublicKey(parameters.PublicKey)
		if err != nil {
			return err
		}
		wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), make([]byte, 32), nil)
		if err != nil {
			return err
		}
		_, err = s.fake.ImportKeyMaterial(s.t.Context(), &kms.ImportKeyMaterialInput{
			KeyId: key, ImportToken: parameters.ImportToken, EncryptedKeyMaterial: wrapped,
			ExpirationModel: types.ExpirationModelTypeKeyMaterialExpires, ValidTo: aws.Time(s.fake.Now().Add(30 * day)),
		})
		return err
	}},
	{"the client", soakNamed, func(s *soaker) error {
		if s.random.IntN(20) > 0 {
			return nil
		}
		_, err := s.fake.Client(noRetry).DescribeKey(s.t.Context(), &kms.DescribeKeyInput{KeyId: s.any()})
		return err
	}},
	{"what the world does", nil, func(s *soaker) error {
		switch n := s.random.IntN(100); {
		case n < 20:
			s.fake.Advance(time.Duration(s.random.IntN(12)) * time.Hour)
		case n < 30:
			injection := s.fake.Inject(kmsfake.Fault{Key: *s.any(), Times: 3, Error: kmsfake.ConnectionReset, Applied: s.random.IntN(2) == 0})
			_, err := s.fake.DescribeKey(s.t.Context(), &kms.DescribeKeyInput{KeyId: s.any()})
			injection.Remove()
			if soakCode(err) != "NotFoundException" {
				return err
			}
		case n == 30:
			s.fake.Clone().Advance(time.Hour)
		}
		return nil
	}},
}

// soakCode is how the answers are counted.
func soakCode(err error) string {
	var exception smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &exception):
		return exception.ErrorCode()
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset"
	default:
		return err.Error()
	}
}

// Many callers make all sorts of calls for long, while faults come and go and time
// passes: none meets an error that its operation does not have, nothing leaks, and
// what is left makes sense.
func TestSoak(t *testing.T) { // not parallel: it counts goroutines
	goroutines := runtime.NumGoroutine()
	end := time.Now().Add(*soak)
	if deadline, ok := t.Deadline(); ok && end.After(deadline.Add(-20*time.Second)) {
		end = deadline.Add(-20 * time.Second)
	}
	calls := 800 // of each, between two looks at the state
	if *soak > 0 {
		calls = 10_000
	}
	w := &soakWorld{
		fake: newFake(kmsfake.WithJournal(soakJournal), kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: soakKeyQuota, AliasesPerKey: 3, GrantsPerKey: 20}),
			kmsfake.WithFaults(
				kmsfake.Fault{Probability: 0.01, Error: kmsfake.Throttled},
				kmsfake.Fault{Probability: 0.01, Error: &types.KMSInternalException{}, Applied: true},
			)),
		answers: map[string]map[string]*atomic.Int64{},
	}
	for slot := range w.keys {
		w.keys[slot].Store(aws.String(unknownKey))
	}
	for _, c := range soakCalls {
		w.answers[c.operation] = map[string]*atomic.Int64{"": new(atomic.Int64)}
		for _, code := range slices.Concat(c.codes, soakFaulted) {
			w.answers[c.operation][code] = new(atomic.Int64)
		}
	}
	var heaps []uint64
	total := 0
	for round := 0; round < 2 || time.Now().Before(end); round++ {
		var all sync.WaitGroup
		for n := range soakers {
			all.Go(func() {
				s := &soaker{w, t, mathrand.New(mathrand.NewPCG(uint64(round), uint64(n)))}
				for range calls {
					s.step()
				}
			})
		}
		all.Wait()
		total += soakers * calls
		w.check(t)
		if t.Failed() {
			return
		}
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		heaps = append(heaps, memory.HeapAlloc)
	}
	if warm := heaps[min(4, len(heaps)-1)]; heaps[len(heaps)-1] > 2*warm+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", warm, heaps[len(heaps)-1])
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	for operation, codes := range w.answers {
		if codes[""].Load() == 0 {
			t.Errorf("no %s succeeded", operation)
		}
	}
	t.Logf("%d calls, heap %d bytes after %d of them and %d at the end", total, heaps[min(4, len(heaps)-1)], soakers*calls*min(5, len(heaps)), heaps[len(heaps)-1])
	if *soak > 0 {
		for _, c := range soakCalls {
			line := fmt.Sprintf("%-20s", c.operation)
			for _, code := range slices.Concat([]string{""}, c.codes, soakFaulted) {
				line += fmt.Sprintf(" %s %d", code, w.answers[c.operation][code].Load())
			}
			t.Log(line)
		}
	}
}

func (s *soaker) step() {
	c := &soakCalls[s.random.IntN(len(soakCalls))]
	err := c.call(s)
	if count := s.answers[c.operation][soakCode(err)]; count != nil {
		count.Add(1)
		return
	}
	s.t.Errorf("%s: %v", c.operation, err)
}

// check looks at the state between two rounds, when nobody calls.
func (w *soakWorld) check(t *testing.T) {
	t.Helper()
	quiet := w.fake.Clone() // without its faults
	state, _, _ := strings.Cut(dump(w.fake), "\nfault ")
	equal(t, "the clone", dump(quiet), state+"\n")
	if n := len(w.fake.Calls()); n > soakJournal {
		t.Errorf("%d calls in the journal", n)
	}
	used := map[string]bool{}
	for slot := range w.keys {
		used[*w.keys[slot].Load()] = true
	}
	var aliases, grants []string
	keys := listKeys(t, quiet)
	if len(keys) > soakKeyQuota {
		t.Errorf("%d keys", len(keys))
	}
	for _, key := range keys {
		for _, a := range aliasesOf(t, quiet, *key.KeyId) {
			if *a.TargetKeyId != *key.KeyId {
				t.Errorf("%s of %s has the target %s", *a.AliasName, *key.KeyId, *a.TargetKeyId)
			}
			aliases = append(aliases, *a.AliasName)
		}
		for pages := kms.NewListGrantsPaginator(quiet, &kms.ListGrantsInput{KeyId: key.KeyId}); pages.HasMorePages(); {
			for _, g := range got(pages.NextPage(t.Context())).ok(t).Grants {
				grants = append(grants, *g.GrantId)
			}
		}
		if !used[*key.KeyId] { // make room; it may be on its way out already
			_, err := w.fake.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: key.KeyId, PendingWindowInDays: aws.Int32(7)})
			if code := soakCode(err); code != "" && code != "KMSInvalidStateException" && !slices.Contains(soakFaulted, code) {
				t.Error(err)
			}
		}
	}
	slices.Sort(aliases)
	equal(t, "the aliases of the keys", aliases, aliasNames(ownAliases(t, quiet)))
	var retirable []string
	for pages := kms.NewListRetirableGrantsPaginator(quiet, &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(soakRetirer)}); pages.HasMorePages(); {
		for _, g := range got(pages.NextPage(t.Context())).ok(t).Grants {
			retirable = append(retirable, *g.GrantId)
		}
	}
	slices.Sort(grants)
	slices.Sort(retirable)
	equal(t, "the grants of the keys", grants, retirable)
}
