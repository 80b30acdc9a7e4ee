package kmsfake_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// modelGrant is a grant as its maker knows it.
type modelGrant struct {
	key, grantee, retiring, token string
}

// Whatever is made, retired, revoked and copied: lists show the grants that there
// are, in order, and grantees may what these permit and nothing else.
func TestGrantsAgreeWithAModel(t *testing.T) {
	t.Parallel()
	users := []string{"arn:aws:iam::" + account + ":user/a", "arn:aws:iam::" + account + ":user/b", otherUser}
	rapid.Check(t, func(t *rapid.T) {
		f := newFake()
		var keys []string
		for range 2 {
			out, err := f.CreateKey(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, *out.KeyMetadata.Arn)
		}
		model := map[string]modelGrant{}
		some := func(t *rapid.T) string {
			if len(model) == 0 {
				t.Skip("no grants")
			}
			return rapid.SampledFrom(slices.Sorted(maps.Keys(model))).Draw(t, "grant")
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				g := modelGrant{
					key: rapid.SampledFrom(keys).Draw(t, "key"), grantee: rapid.SampledFrom(users).Draw(t, "grantee"),
					retiring: rapid.SampledFrom(users).Draw(t, "retiring"),
				}
				out, err := f.CreateGrant(t.Context(), &kms.CreateGrantInput{
					KeyId: &g.key, GranteePrincipal: &g.grantee, RetiringPrincipal: &g.retiring, Operations: []types.GrantOperation{"DescribeKey"},
				})
				if err != nil {
					t.Fatal(err)
				}
				g.token = *out.GrantToken
				model[*out.GrantId] = g
			},
			"retire by token": func(t *rapid.T) {
				id := some(t)
				g := model[id]
				if _, err := f.As(g.retiring).RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: &g.token}); err != nil {
					t.Fatal(err)
				}
				delete(model, id)
			},
			"retire by id": func(t *rapid.T) {
				id := some(t)
				g := model[id]
				if _, err := f.As(g.retiring).RetireGrant(t.Context(), &kms.RetireGrantInput{GrantId: &id, KeyId: &g.key}); err != nil {
					t.Fatal(err)
				}
				delete(model, id)
			},
			"revoke": func(t *rapid.T) {
				id := some(t)
				if _, err := f.RevokeGrant(t.Context(), &kms.RevokeGrantInput{GrantId: &id, KeyId: aws.String(model[id].key)}); err != nil {
					t.Fatal(err)
				}
				delete(model, id)
			},
			"clone": func(*rapid.T) { f = f.Clone() },
			"": func(t *rapid.T) {
				var of = func(fits func(modelGrant) bool) []string {
					ids := []string{}
					for _, id := range slices.Sorted(maps.Keys(model)) {
						if fits(model[id]) {
							ids = append(ids, id)
						}
					}
					return ids
				}
				for _, key := range keys {
					out, err := f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key, Limit: aws.Int32(100)})
					if want := of(func(g modelGrant) bool { return g.key == key }); err != nil || !slices.Equal(grantIDs(out.Grants), want) {
						t.Fatalf("grants of %s: %v, %v, want %v", key, grantIDs(out.Grants), err, want)
					}
					for _, user := range users {
						_, err := f.As(user).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
						if want := len(of(func(g modelGrant) bool { return g.key == key && g.grantee == user })) > 0; (err == nil) != want {
							t.Fatalf("%s uses %s: %v, want %v", user, key, err, want)
						}
					}
				}
				for _, user := range users[:2] {
					out, err := f.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringPrincipal: &user, Limit: aws.Int32(100)})
					if want := of(func(g modelGrant) bool { return g.retiring == user }); err != nil || !slices.Equal(grantIDs(out.Grants), want) {
						t.Fatalf("%s retires %v, %v, want %v", user, grantIDs(out.Grants), err, want)
					}
				}
			},
		})
	})
}

// Grants are made, used and ended from everywhere at once.
func TestGrantsAtOnce(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{"ListGrants": 1e6}}))
	key := newKey(t, f)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			user := fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, i)
			for range 20 {
				g, err := f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: &user, Operations: []types.GrantOperation{"DescribeKey", "RetireGrant"}})
				if err != nil {
					t.Error(err)
					return
				}
				as := f.As(user).WithCondition("aws:SourceIp", "10.0.0.1")
				_, described := describeKey(t, as, key)
				_, listed := f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key})
				_, retired := as.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: g.GrantToken})
				f.Clone()
				if err := errors.Join(described, listed, retired); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	equal(t, "what is left", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})), []string{})
}

// No text is a grant token but those that CreateGrant gave, or panics.
func FuzzGrantToken(f *testing.F) {
	fake := newFake()
	key := newKey(f, fake)
	token := *grant(f, fake, key, types.GrantOperationEncrypt).GrantToken
	fake.Advance(time.Second)
	for _, seed := range []string{token, token[1:], token + "A", strings.ToLower(token), "", "=", strings.Repeat("A", 107)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) == 0 || len(text) > 8192 {
			return
		}
		r := got(fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), GrantTokens: []string{text}}))
		if text == token {
			r.ok(t)
			return
		}
		r.failsWith(t, "InvalidGrantTokenException")
	})
}
