package kmsfake_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// What was encrypted is decrypted under the same encryption context, and under no
// other; a ciphertext that is altered anywhere does not open.
func TestDecryptUndoesEncryptUnderTheSameContextAlone(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New(kmsfake.WithSeed(1))
	ctx := t.Context()
	key, err := fake.CreateKey(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	keyID := key.KeyMetadata.KeyId
	contexts := rapid.MapOfN(rapid.StringMatching(`[ab]{0,3}`), rapid.StringMatching(`[ab]{0,3}`), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		plaintext := rapid.SliceOfN(rapid.Byte(), 1, 4096).Draw(t, "plaintext")
		encryptionContext, other := contexts.Draw(t, "context"), contexts.Draw(t, "other context")
		sealed, err := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: keyID, Plaintext: plaintext, EncryptionContext: encryptionContext})
		if err != nil {
			t.Fatal(err)
		}
		decrypt := func(blob []byte, encryptionContext map[string]string) ([]byte, error) {
			out, err := fake.Decrypt(ctx, &kms.DecryptInput{KeyId: keyID, CiphertextBlob: blob, EncryptionContext: encryptionContext})
			if err != nil {
				return nil, err
			}
			return out.Plaintext, nil
		}
		if got, err := decrypt(sealed.CiphertextBlob, maps.Clone(encryptionContext)); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("Decrypt = %x, %v, want %x", got, err, plaintext)
		}
		_, err = decrypt(sealed.CiphertextBlob, other)
		if opens := err == nil; opens != maps.Equal(encryptionContext, other) {
			t.Fatalf("encrypted under %q, Decrypt under %q: %v", encryptionContext, other, err)
		}
		altered := bytes.Clone(sealed.CiphertextBlob)
		altered[rapid.IntRange(0, len(altered)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		cut := sealed.CiphertextBlob[:rapid.IntRange(1, len(sealed.CiphertextBlob)-1).Draw(t, "cut")]
		for _, blob := range [][]byte{altered, cut} {
			// The key that an altered ciphertext names may be another one.
			_, err := decrypt(blob, encryptionContext)
			if !modelIs[*types.InvalidCiphertextException](err) && !modelIs[*types.IncorrectKeyException](err) {
				t.Fatalf("Decrypt of %x, which was %x: %v", blob, sealed.CiphertextBlob, err)
			}
		}
	})
}

// In every place the aliases are a function into the keys that are there, as
// ListAliases, DescribeKey and ListKeys tell it.
func TestAliasesAreAFunctionIntoTheKeysOfTheirPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawModelWorld(t)
		w.steps(t, 30)
		for _, at := range modelPlaces {
			fake := w.fakes[at]
			keys := modelListKeys(t, fake, nil, nil)
			ofKeys := map[string]string{}
			for _, id := range keys {
				for name, target := range modelListAliases(t, fake, &id, nil) {
					if target != id {
						t.Fatalf("%s: %s refers to %s among the aliases of %s", at, name, target, id)
					}
					if other, twice := ofKeys[name]; twice {
						t.Fatalf("%s: %s refers to %s and %s", at, name, other, id)
					}
					ofKeys[name] = target
				}
			}
			all := modelListAliases(t, fake, nil, nil)
			maps.DeleteFunc(all, func(_, target string) bool { return target == "" })
			if diff := cmp.Diff(all, ofKeys); diff != "" {
				t.Fatalf("%s: the aliases (-) are not those of all keys (+):\n%s", at, diff)
			}
			for name, id := range all {
				out, err := fake.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &name})
				if err != nil || *out.KeyMetadata.KeyId != id || *out.KeyMetadata.Arn != at.arn("key/"+id) {
					t.Fatalf("%s: DescribeKey(%s) = %+v, %v, want key %s", at, name, out, err, id)
				}
			}
		}
	})
}

// The pages of a list are the list, whatever their size.
func TestPagesAreTheList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawModelWorld(t)
		w.steps(t, 20)
		for _, at := range modelPlaces {
			fake := w.fakes[at]
			store := w.model.stores[at]
			limit := aws.Int32(rapid.Int32Range(1, 60).Draw(t, "Limit"))
			var ids []string
			for _, k := range store.keysByID() {
				ids = append(ids, k.id)
			}
			if diff := cmp.Diff(ids, modelListKeys(t, fake, limit, nil)); diff != "" {
				t.Fatalf("%s: ListKeys in pages of %d (-want +got):\n%s", at, *limit, diff)
			}
			aliases := map[string]string{}
			for name, a := range store.aliases {
				aliases[name] = ""
				if a.target != nil {
					aliases[name] = a.target.id
				}
			}
			if diff := cmp.Diff(aliases, modelListAliases(t, fake, nil, limit)); diff != "" {
				t.Fatalf("%s: ListAliases in pages of %d (-want +got):\n%s", at, *limit, diff)
			}
		}
	})
}

// A list that changes while it is read shows everything that was there all along,
// and nothing twice.
func TestPagesOfAListThatChanges(t *testing.T) {
	t.Parallel()
	writers := slices.Concat(modelKeyCommands[:1], modelAliasCommands[:4])
	rapid.Check(t, func(t *rapid.T) {
		w := drawModelWorld(t)
		w.steps(t, 10)
		at := modelPlaces[0]
		limit := aws.Int32(rapid.Int32Range(1, 4).Draw(t, "Limit"))

		kept := map[*modelAlias]string{}
		for name, a := range w.model.stores[at].aliases {
			kept[a] = name
		}
		keep := func() {
			for range rapid.IntRange(0, 3).Draw(t, "calls between two pages") {
				w.call(t, writers)
				maps.DeleteFunc(kept, func(a *modelAlias, name string) bool { return w.model.stores[at].aliases[name] != a })
			}
		}
		seen := map[string]bool{}
		pages := kms.NewListAliasesPaginator(w.fakes[at], &kms.ListAliasesInput{Limit: limit})
		for pages.HasMorePages() {
			page, err := pages.NextPage(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range page.Aliases {
				if seen[*entry.AliasName] {
					t.Fatalf("%s is listed twice", *entry.AliasName)
				}
				seen[*entry.AliasName] = true
			}
			keep()
		}
		for _, name := range kept {
			if !seen[name] {
				t.Fatalf("%s was there all along and is not listed", name)
			}
		}

		ids := modelListKeys(t, w.fakes[at], nil, nil)
		var listed []string
		during := modelListKeys(t, w.fakes[at], limit, func() { w.call(t, modelKeyCommands[:1]) })
		for _, id := range during {
			if slices.Contains(ids, id) {
				listed = append(listed, id)
			}
		}
		if diff := cmp.Diff(ids, listed); diff != "" || !slices.IsSorted(during) {
			t.Fatalf("ListKeys while keys are made, sorted: %v (-want +got):\n%s", slices.IsSorted(during), diff)
		}
	})
}

// The same seed and the same calls give the same answers, request ids and all; a
// clone answers as its original does.
func TestTheSameCallsGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
		seed := rapid.Uint64().Draw(t, "seed")
		w := &modelWorld{model: newModelAWS(start)}
		w.goOnWith(newModelFake(seed, start))
		w.twins = modelHandles(newModelFake(seed, start))
		w.steps(t, 15)
		w.twins = modelHandles(w.fake().Clone())
		w.steps(t, 15)
		if diff := cmp.Diff(w.dumped(), modelDumped(w.twins[modelPlaces[0]])); diff != "" {
			t.Fatalf("the two are not alike:\n%s", diff)
		}
	})
}

// modelListKeys are the ids of all keys, in pages. between is called after each page.
func modelListKeys(t *rapid.T, fake *kmsfake.Fake, limit *int32, between func()) (ids []string) {
	pages := kms.NewListKeysPaginator(fake, &kms.ListKeysInput{Limit: limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range page.Keys {
			ids = append(ids, *entry.KeyId)
		}
		if between != nil {
			between()
		}
	}
	return ids
}

// modelListAliases are the targets of all aliases, or of those of one key, in pages.
func modelListAliases(t *rapid.T, fake *kmsfake.Fake, of *string, limit *int32) map[string]string {
	targets := map[string]string{}
	pages := kms.NewListAliasesPaginator(fake, &kms.ListAliasesInput{KeyId: of, Limit: limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range page.Aliases {
			if _, twice := targets[*entry.AliasName]; twice {
				t.Fatalf("%s is listed twice", *entry.AliasName)
			}
			targets[*entry.AliasName] = aws.ToString(entry.TargetKeyId)
		}
	}
	return targets
}
