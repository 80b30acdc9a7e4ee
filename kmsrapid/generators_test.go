package kmsrapid_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// anew makes a fake with one key, which it names.
func anew(t rapid.TB) (*kmsfake.Fake, *string) {
	fake := kmsfake.New(kmsfake.WithSeed(1))
	out, err := fake.CreateKey(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return fake, out.KeyMetadata.KeyId
}

// What the generators draw is what the operations take, and all kinds of it come up.
func TestGeneratorsDrawWhatKMSTakes(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *rapid.T, fake *kmsfake.Fake, key *string) (seen string, err error){
		"KeySpec": func(t *rapid.T, fake *kmsfake.Fake, _ *string) (string, error) {
			spec := kmsrapid.KeySpec().Draw(t, "spec")
			usage := kmsrapid.KeyUsageFor(spec).Draw(t, "usage")
			_, err := fake.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage})
			return string(usage), err
		},
		"AliasName": func(t *rapid.T, fake *kmsfake.Fake, key *string) (string, error) {
			name := kmsrapid.AliasName().Draw(t, "name")
			_, err := fake.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: &name, TargetKeyId: key})
			return size(len(name), 7, 256), err
		},
		"EncryptionContext": func(t *rapid.T, fake *kmsfake.Fake, key *string) (string, error) {
			pairs := kmsrapid.EncryptionContext().Draw(t, "context")
			_, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: key, Plaintext: []byte("x"), EncryptionContext: pairs})
			return size(len(pairs), 0, 3), err
		},
		"Plaintext": func(t *rapid.T, fake *kmsfake.Fake, key *string) (string, error) {
			plaintext := kmsrapid.Plaintext().Draw(t, "plaintext")
			_, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: key, Plaintext: plaintext})
			return size(len(plaintext), 1, 4096), err
		},
		"Tags": func(t *rapid.T, fake *kmsfake.Fake, key *string) (string, error) {
			tags := kmsrapid.Tags().Draw(t, "tags")
			if len(tags) == 0 {
				return "least", nil
			}
			_, err := fake.TagResource(t.Context(), &kms.TagResourceInput{KeyId: key, Tags: tags})
			return size(len(tags), 0, 5), err
		},
		"Policy": func(t *rapid.T, fake *kmsfake.Fake, key *string) (string, error) {
			policy := kmsrapid.Policy().Draw(t, "policy")
			_, err := fake.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: key, Policy: &policy})
			if err == nil {
				// Whatever it is, it can be changed again.
				_, err = fake.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: key, Policy: &policy})
			}
			if strings.Contains(policy, "Deny") {
				return "denies", err
			}
			return "allows", err
		},
		"World": func(t *rapid.T, _ *kmsfake.Fake, _ *string) (string, error) {
			w := kmsrapid.World().Draw(t, "world")
			fake := w.New(kmsfake.WithSeed(1))
			kinds := ""
			if len(w.Keys) == 0 {
				kinds = "empty"
			}
			for _, k := range w.Keys {
				out, err := fake.InRegion(k.Region).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &k.ID})
				if err != nil {
					return "", err
				}
				kinds += "," + string(out.KeyMetadata.KeyState)
				for _, alias := range k.Aliases {
					if _, err := fake.InRegion(k.Region).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &alias}); err != nil {
						return "", err
					}
				}
			}
			for _, g := range w.Grants {
				region := strings.Split(g.Key, ":")[3]
				out, err := fake.InRegion(region).ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &g.Key})
				if err != nil || *out.Grants[0].GranteePrincipal != kmsrapid.Grantee {
					t.Fatal(out, err)
				}
				kinds += ",granted"
			}
			return kinds, nil
		},
	}
	want := map[string][]string{
		"KeySpec": {
			"ENCAPSULATE_DECAPSULATE", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "SIGN_VERIFY",
		},
		"AliasName": {"between", "least", "most"}, "EncryptionContext": {"between", "least", "most"},
		"Plaintext": {"between", "least", "most"}, "Tags": {"between", "least", "most"}, "Policy": {"allows", "denies"},
		"World": {"Disabled", "Enabled", "PendingDeletion", "PendingImport", "empty", "granted"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{}
			rapid.Check(t, func(t *rapid.T) {
				fake, key := anew(t)
				kind, err := test(t, fake, key)
				if err != nil {
					t.Fatal(err)
				}
				for kind := range strings.SplitSeq(strings.TrimPrefix(kind, ","), ",") {
					seen[kind] = true
				}
			})
			if got := sorted(seen); !slices.Equal(got, want[name]) {
				t.Errorf("drew %q, want %q", got, want[name])
			}
		})
	}
}

func size(n, least, most int) string {
	switch {
	case n <= least:
		return "least"
	case n >= most:
		return "most"
	}
	return "between"
}

// A bad alias name gets its exception from CreateAlias, to the letter.
func TestBadAliasName(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		fake, key := anew(t)
		bad := kmsrapid.BadAliasName().Draw(t, "name")
		codes[bad.Code] = true
		_, err := fake.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: &bad.Name, TargetKeyId: key})
		if !bad.Is(err) {
			t.Fatalf("%v, want %s: %s", err, bad.Code, bad.Text)
		}
		if bad.Is(nil) || (kmsrapid.BadAlias{Name: bad.Name, Code: bad.Code, Text: "other"}).Is(err) {
			t.Fatal("anything is the error")
		}
	})
	if want := []string{"InvalidAliasNameException", "NotAuthorizedException", "ValidationException"}; !slices.Equal(sorted(codes), want) {
		t.Errorf("drew %q, want %q", sorted(codes), want)
	}
}

// A key can be named in four ways, and every one leads to a key of the place.
func TestKeyRef(t *testing.T) {
	t.Parallel()
	forms := map[string]*regexp.Regexp{
		"id":        regexp.MustCompile(`^(mrk-)?[0-9a-f-]+$`),
		"ARN":       regexp.MustCompile(`^arn:aws:kms:eu-west-1:111122223333:key/(mrk-)?[0-9a-f-]+$`),
		"alias":     regexp.MustCompile(`^alias/[a-z0-9/-]+$`),
		"alias ARN": regexp.MustCompile(`^arn:aws:kms:eu-west-1:111122223333:alias/[a-z0-9/-]+$`),
	}
	seen := map[string]bool{}
	kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		fake = fake.InRegion("eu-west-1")
		ref := kmsrapid.KeyRef(fake).Draw(t, "key")
		if _, err := fake.Clone().DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &ref}); err != nil {
			t.Fatal(err)
		}
		for form, pattern := range forms {
			if pattern.MatchString(ref) {
				seen[form] = true
			}
		}
		if len(fake.Calls()) > 0 && fake.Calls()[len(fake.Calls())-1].Operation != "CreateGrant" {
			t.Fatal("looking leaves a trace")
		}
	}, kmsrapid.Keys(kmsfake.Key{Region: "eu-west-1", Aliases: []string{"alias/there"}}))
	if want := slices.Sorted(maps.Keys(forms)); !slices.Equal(sorted(seen), want) {
		t.Errorf("drew %q, want %q", sorted(seen), want)
	}

	log, failed := check(t, func(t *rapid.T, fake *kmsfake.Fake) {
		kmsrapid.KeyRef(fake.InRegion("us-west-2")).Draw(t, "key")
	})
	if !failed || !mentions(log, "only generated 0 valid tests") {
		t.Errorf("draws where there is no key: %s", log)
	}
}

// A fault that is drawn can be injected, and the call that it is for meets it.
func TestFault(t *testing.T) {
	t.Parallel()
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		fake, key := anew(t)
		fault := kmsrapid.Fault().Draw(t, "fault")
		injection := fake.Inject(fault)
		if fault.Operation != "" && fault.Operation != "DescribeKey" {
			return
		}
		for range fault.Skip {
			if _, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key}); err == nil || injection.Fired() != 1 {
			t.Fatalf("%v, fired %d", err, injection.Fired())
		}
		met++
	})
	if met == 0 {
		t.Error("no call met any")
	}
}

func TestKeyUsageForNoKeySpec(t *testing.T) {
	t.Parallel()
	defer func() {
		if r := recover(); r != `kmsrapid: there is no key spec "RSA_1024"` {
			t.Error(r)
		}
	}()
	kmsrapid.KeyUsageFor("RSA_1024")
}

// A grant that cannot be is told with its key.
func TestAWSThatCannotBe(t *testing.T) {
	t.Parallel()
	defer func() {
		if r, _ := recover().(string); !mentions(r, "kmsrapid: grant on arn:aws:kms:us-east-1:111122223333:key/"+unknown, "NotFoundException") {
			t.Error(r)
		}
	}()
	kmsrapid.AWS{Grants: []kmsrapid.Grant{{
		Key: "arn:aws:kms:us-east-1:111122223333:key/" + unknown, Grantee: kmsrapid.Grantee, Operations: []types.GrantOperation{types.GrantOperationDecrypt},
	}}}.New()
}

const unknown = "00000000-0000-4000-8000-00000000dead"
