package kmsrapid_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// Each law holds for careful callers whatever happens, and finds the others. Some
// of these are right as long as nobody interferes.
var laws = map[string]struct {
	law   func(*rapid.T, *kmsfake.Fake)
	finds string // what the failure says; "" is none
	quiet bool   // it is found without interference
}{
	"round trip":                         {law: kmsrapid.RoundTrips(seal, open)},
	"round trip under the alias":         {kmsrapid.RoundTrips(seal, openUnderAlias), "open refuses, though the key that sealed can be used", false},
	"round trip to nothing":              {kmsrapid.RoundTrips(seal, openOrNothing), "open gives other bytes", false},
	"round trip without a reason":        {kmsrapid.RoundTrips(seal, openMutely), "its error does not say why", false},
	"round trip with a needless check":   {kmsrapid.RoundTrips(seal, openTwice), "open refuses, though the key that sealed can be used", false},
	"store":                              {law: kmsrapid.NeverLeaks(storeSafely)},
	"store with the data key":            {kmsrapid.NeverLeaks(storeWithKey), "holds the Plaintext of GenerateDataKey in hexadecimal", true},
	"store anyway":                       {kmsrapid.NeverLeaks(storeAnyway), "what is stored holds the plaintext in base64", false},
	"store or tell":                      {kmsrapid.NeverLeaks(storeLoudly), "the error holds the plaintext as it is", false},
	"rotate by alias":                    {law: kmsrapid.Rotates(seal, rotate, open)},
	"rotate in place":                    {law: kmsrapid.Rotates(seal, rotateInPlace, open)},
	"rotate and open under the alias":    {kmsrapid.Rotates(seal, rotate, openUnderAlias), "open refuses, though the key that sealed can be used", true},
	"rotate and take errors for success": {kmsrapid.Rotates(seal, rotateHopefully, open), "seal uses the old key material", false},
	"rotate and delete the old key":      {kmsrapid.Rotates(seal, rotateTidily, open), "open refuses, though the key that sealed can be used", true},
	"provision":                          {law: kmsrapid.CleansUp(provision)},
	"provision carelessly":               {kmsrapid.CleansUp(provisionCarelessly), "it leaves the KMS key arn:aws:kms:us-east-1:111122223333:key/", false},
	"provision and forget the alias":     {kmsrapid.CleansUp(provisionHalf), "it leaves alias/new behind", false},
	"delegate":                           {kmsrapid.CleansUp(delegate), "it leaves grant ", false},
}

func TestLaws(t *testing.T) {
	t.Parallel()
	for name, test := range laws {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, failed := check(t, test.law, appKey)
			switch {
			case failed != (test.finds != ""):
				t.Errorf("found: %v\n%s", failed, log)
			case !mentions(log, test.finds):
				t.Errorf("does not say %q:\n%s", test.finds, log)
			}
			log, failed = check(t, test.law, appKey, kmsrapid.Quiet())
			if failed != test.quiet {
				t.Errorf("without interference, found: %v\n%s", failed, log)
			}
		})
	}
}

// What a caller cannot help is no failure of it: that imported key material is
// gone or has expired, and that its grant is revoked.
func TestWhatACallerCannotHelp(t *testing.T) {
	t.Parallel()
	refused := map[string]bool{}
	noting := func(handle func(*kmsfake.Fake) *kmsfake.Fake) (seals, opens kmsrapid.Transform) {
		seals = func(ctx context.Context, fake *kmsfake.Fake, in []byte) ([]byte, error) {
			return seal(ctx, handle(fake), in)
		}
		opens = func(ctx context.Context, fake *kmsfake.Fake, in []byte) ([]byte, error) {
			out, err := open(ctx, handle(fake), in)
			refused[code(err)] = true
			return out, err
		}
		return seals, opens
	}

	kmsrapid.Check(t, kmsrapid.RoundTrips(noting(func(fake *kmsfake.Fake) *kmsfake.Fake { return fake })),
		kmsrapid.Keys(kmsfake.Key{ID: "abcdef00-0000-4000-8000-000000000000", Origin: types.OriginTypeExternal, Material: []byte("the bytes of another AES-256 key"), Aliases: []string{"alias/app"}}),
		kmsrapid.Only(kmsrapid.ImportKeyMaterial, kmsrapid.DeleteImportedKeyMaterial, kmsrapid.TimePasses))
	if !refused["KMSInvalidStateException"] || !refused[""] {
		t.Errorf("key material stays, or never comes back: %v", refused)
	}

	clear(refused)
	kmsrapid.Check(t, kmsrapid.RoundTrips(noting(func(fake *kmsfake.Fake) *kmsfake.Fake { return fake.As(kmsrapid.Grantee) })),
		appKey, kmsrapid.Only(kmsrapid.RevokeGrant), kmsrapid.Prepare(func(t *rapid.T, fake *kmsfake.Fake) {
			_, err := fake.CreateGrant(t.Context(), &kms.CreateGrantInput{
				KeyId: aws.String("abcdef00-0000-4000-8000-000000000000"), GranteePrincipal: aws.String(kmsrapid.Grantee),
				Operations: []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
			})
			if err != nil {
				t.Fatal(err)
			}
		}))
	if !refused["AccessDeniedException"] || !refused[""] {
		t.Errorf("the grant stays, or never is: %v", refused)
	}
}
