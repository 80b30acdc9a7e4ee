package kmsfake_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

func TestListKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	equal(t, "answer without keys", got(f.ListKeys(t.Context(), nil)).ok(t), &kms.ListKeysOutput{Keys: []types.KeyListEntry{}})
	want := []types.KeyListEntry{}
	for i := range 130 {
		id := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(i%10 == 0)})
		want = append(want, types.KeyListEntry{KeyId: &id, KeyArn: aws.String(keyARN(f, id))})
	}
	slices.SortFunc(want, func(a, b types.KeyListEntry) int {
		if *a.KeyId < *b.KeyId {
			return -1
		}
		return 1
	})
	equal(t, "keys by id", listKeys(t, f), want)
	out := got(f.ListKeys(t.Context(), nil)).ok(t)
	equal(t, "items by default", len(out.Keys), 100)
	equal(t, "Truncated", out.Truncated, true)
	for _, limit := range []int32{1, 7, 129, 130, 131, 1000} {
		var list []types.KeyListEntry
		pages := kms.NewListKeysPaginator(f, &kms.ListKeysInput{Limit: &limit})
		for pages.HasMorePages() {
			page := got(pages.NextPage(t.Context())).ok(t)
			if len(page.Keys) > int(limit) || page.Truncated != (page.NextMarker != nil) {
				t.Errorf("limit %d: %d keys, Truncated %v, NextMarker %v", limit, len(page.Keys), page.Truncated, page.NextMarker)
			}
			list = append(list, page.Keys...)
		}
		equal(t, fmt.Sprintf("pages of %d", limit), list, want)
	}
	equal(t, "keys of the other account", listKeys(t, f.InAccount(otherAccount)), []types.KeyListEntry(nil))
	equal(t, "keys of the other Region", listKeys(t, f.InRegion(otherRegion)), []types.KeyListEntry(nil))
}

// The bounds of Limit, as the operations document them.
func TestLimits(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	lists := map[string]struct {
		largest int32
		call    func(*int32) (any, error)
	}{
		"ListAliases": {100, func(n *int32) (any, error) { return f.ListAliases(t.Context(), &kms.ListAliasesInput{Limit: n}) }},
		"ListKeys":    {1000, func(n *int32) (any, error) { return f.ListKeys(t.Context(), &kms.ListKeysInput{Limit: n}) }},
		"ListKeyPolicies": {1000, func(n *int32) (any, error) {
			return f.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: &key, Limit: n})
		}},
		"ListResourceTags": {50, func(n *int32) (any, error) {
			return f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &key, Limit: n})
		}},
		"ListGrants": {100, func(n *int32) (any, error) {
			return f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key, Limit: n})
		}},
		"ListRetirableGrants": {100, func(n *int32) (any, error) {
			return f.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(grantee), Limit: n})
		}},
		"ListKeyRotations": {1000, func(n *int32) (any, error) {
			return f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &key, Limit: n})
		}},
	}
	for operation, list := range lists {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			if _, err := list.call(nil); err != nil {
				t.Error(err)
			}
			for _, limit := range []int32{1, list.largest} {
				if _, err := list.call(&limit); err != nil {
					t.Errorf("Limit %d: %v", limit, err)
				}
			}
			refused := map[int32]string{
				-1:               "greater than or equal to 1",
				0:                "greater than or equal to 1",
				list.largest + 1: "less than or equal to " + strconv.Itoa(int(list.largest)),
				1001:             "less than or equal to 1000",
			}
			for limit, bound := range refused {
				_, err := list.call(&limit)
				checkError(t, operation, err, "ValidationException",
					oneFailure(fmt.Sprintf("Value '%d' at 'limit' failed to satisfy constraint: Member must have value %s", limit, bound)))
			}
		})
	}
}

// A marker that the service did not give for this very list is refused.
func TestMarkers(t *testing.T) {
	t.Parallel()
	f := newFake()
	first, second := newKey(t, f), newKey(t, f)
	for i := range 4 {
		newAlias(t, f, fmt.Sprintf("alias/first-%d", i), first)
		newAlias(t, f, fmt.Sprintf("alias/second-%d", i), second)
	}
	one := aws.Int32(1)
	marker := got(f.ListAliases(t.Context(), &kms.ListAliasesInput{Limit: one})).ok(t).NextMarker
	ofFirst := got(f.ListAliases(t.Context(), &kms.ListAliasesInput{Limit: one, KeyId: &first})).ok(t).NextMarker
	ofKeys := got(f.ListKeys(t.Context(), &kms.ListKeysInput{Limit: one})).ok(t).NextMarker
	aliases := func(f *kmsfake.Fake, keyID, marker *string) result[kms.ListAliasesOutput] {
		return got(f.ListAliases(t.Context(), &kms.ListAliasesInput{KeyId: keyID, Marker: marker}))
	}
	const code = "InvalidMarkerException"
	for _, foreign := range []string{"x", "AAAA", *marker + "A", (*marker)[:len(*marker)-1], *ofKeys, *ofFirst} {
		aliases(f, nil, &foreign).failsWith(t, code)
	}
	aliases(f, &first, marker).failsWith(t, code)
	aliases(f, &second, ofFirst).failsWith(t, code)
	aliases(f.InAccount(otherAccount), nil, marker).failsWith(t, code)
	aliases(f.InRegion(otherRegion), nil, marker).failsWith(t, code)
	got(f.ListKeys(t.Context(), &kms.ListKeysInput{Marker: marker})).failsWith(t, code)
	got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &first, Marker: ofFirst})).failsWith(t, code)
	got(f.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: &first, Marker: aws.String("x")})).failsWith(t, code)
	for i := range len(*marker) {
		for bit := range 6 {
			altered := []byte(*marker)
			altered[i] ^= 1 << bit
			if altered[i] < 0x20 || altered[i] > 0x7e {
				continue
			}
			aliases(f, nil, aws.String(string(altered))).failsWith(t, code)
		}
	}
	aliases(f, nil, aws.String("")).fails(t, "ValidationException",
		oneFailure("Value '' at 'marker' failed to satisfy constraint: Member must have length greater than or equal to 1"))
	// The same list again goes on, as often as it is asked for and whoever left.
	equal(t, "the rest", len(aliases(f, &first, ofFirst).ok(t).Aliases), 3)
	got(deleteAlias(t, f, "alias/first-0")).ok(t) // the one that the marker follows
	equal(t, "the rest", aliasNames(aliases(f, &first, ofFirst).ok(t).Aliases), []string{"alias/first-1", "alias/first-2", "alias/first-3"})
}

// A paginator that runs while others write sees every item that was there all
// along exactly once, in order.
func TestListsWhileOthersWrite(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAWSAliases())
	key := newKey(t, f)
	var survivors []string
	for i := range 40 {
		survivors = append(survivors, fmt.Sprintf("alias/%02d-stays", i))
		newAlias(t, f, survivors[i], key)
	}
	kept := make([]string, 40)
	for i := range kept {
		kept[i] = newKey(t, f)
	}
	slices.Sort(kept)

	stop := make(chan struct{})
	var writers sync.WaitGroup
	write := func(round func(i int) error) {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := round(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	passing := newKey(t, f)
	write(func(i int) error {
		name := fmt.Sprintf("alias/%02d-passes", i%40)
		_, created := createAlias(t, f, name, passing)
		_, updated := updateAlias(t, f, name, key) // the quota leaves room for 10
		_, deleted := deleteAlias(t, f, name)
		return errors.Join(created, updated, deleted)
	})
	write(func(i int) error {
		if i >= 300 {
			return nil
		}
		_, err := f.CreateKey(t.Context(), nil)
		return err
	})
	for range 20 {
		var names []string
		pages := kms.NewListAliasesPaginator(f, &kms.ListAliasesInput{Limit: aws.Int32(3)})
		for pages.HasMorePages() {
			names = append(names, aliasNames(got(pages.NextPage(t.Context())).ok(t).Aliases)...)
		}
		if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("the names are not in order, each once: %q", names)
		}
		equal(t, "survivors", slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(survivors, name) }), survivors)

		var ids []string
		keys := kms.NewListKeysPaginator(f, &kms.ListKeysInput{Limit: aws.Int32(7)})
		for keys.HasMorePages() {
			for _, entry := range got(keys.NextPage(t.Context())).ok(t).Keys {
				ids = append(ids, *entry.KeyId)
			}
		}
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Error("the keys are not in order, each once")
		}
		equal(t, "kept keys", slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(kept, id) }), kept)
	}
	close(stop)
	writers.Wait()
}
