package kmsfake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// tags makes tags of "key=value".
func tags(pairs ...string) []types.Tag {
	list := []types.Tag{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		list = append(list, types.Tag{TagKey: &key, TagValue: &value})
	}
	return list
}

func tagsOf(t *testing.T, f *kmsfake.Fake, keyID string) []types.Tag {
	t.Helper()
	list := []types.Tag{}
	for pages := kms.NewListResourceTagsPaginator(f, &kms.ListResourceTagsInput{KeyId: &keyID}); pages.HasMorePages(); {
		list = append(list, got(pages.NextPage(t.Context())).ok(t).Tags...)
	}
	return list
}

func TestTags(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("Purpose=Test", "CostCenter=87654")})
	out := got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &key})).ok(t)
	equal(t, "answer", out, &kms.ListResourceTagsOutput{Tags: tags("CostCenter=87654", "Purpose=Test")})

	// If you specify an existing tag key with a different tag value, KMS replaces
	// the current tag value with the specified one.
	equal(t, "answer", got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("Purpose=", "CreatedBy=ExampleUser")})).ok(t), &kms.TagResourceOutput{})
	equal(t, "tags", tagsOf(t, f, key), tags("CostCenter=87654", "CreatedBy=ExampleUser", "Purpose="))

	// UntagResource does not fail for a tag key that is not there.
	equal(t, "answer", got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &key, TagKeys: []string{"Purpose", "none"}})).ok(t), &kms.UntagResourceOutput{})
	equal(t, "tags", tagsOf(t, f, key), tags("CostCenter=87654", "CreatedBy=ExampleUser"))
	got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &key, TagKeys: []string{"CostCenter", "CreatedBy"}})).ok(t)
	equal(t, "answer", got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &key})).ok(t), &kms.ListResourceTagsOutput{Tags: []types.Tag{}})

	// Tag keys are case sensitive.
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("a=1", "A=2")})).ok(t)
	equal(t, "tags", tagsOf(t, f, key), tags("A=2", "a=1"))
}

func TestTagsRefused(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("kept=1")})
	var fifty []string
	for i := range 50 {
		fifty = append(fifty, fmt.Sprintf("tag-%02d=v", i))
	}
	var many []string // in the order that is the worst to sort into place
	for i := range 100_000 {
		many = append(many, fmt.Sprintf("tag-%06d=v", 999_999-i))
	}
	unchanged(t, f, func() {
		tag := func(list []types.Tag) result[kms.TagResourceOutput] {
			return got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: list}))
		}
		tag(tags("a=1", "b=2", "a=3")).fails(t, "TagException", "Duplicate tag keys")
		tag(tags(fifty...)).fails(t, "TagException", "Too many tags")
		tag(tags(many...)).fails(t, "TagException", "Too many tags")
		for _, reserved := range []string{"aws:x=1", "AWS:x=1", "Aws:=1"} {
			tag(tags("fine=1", reserved)).fails(t, "TagException", "Tags beginning with aws: are reserved")
		}
		tag(nil).failsMissing(t, "operation error KMS: TagResource, 1 validation error(s) found.\n- missing required field, TagResourceInput.Tags.\n")
	})
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags(fifty[:49]...)})).ok(t)
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("tag-00=new", "kept=2")})).ok(t) // still 50
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("aws=1")})).fails(t, "TagException", "Too many tags")
	equal(t, "tags", len(tagsOf(t, f, key)), 50)
	bare := newFake()
	unchanged(t, bare, func() {
		got(bare.CreateKey(t.Context(), &kms.CreateKeyInput{Tags: tags(append(fifty, "one-more=1")...)})).fails(t, "TagException", "Too many tags")
	})
}

// failsMissing checks that the SDK's own check of required members refused.
func (r result[O]) failsMissing(t testing.TB, text string) {
	t.Helper()
	missingMember(t, r.err, text)
}

func TestListResourceTagsPages(t *testing.T) {
	t.Parallel()
	f := newFake()
	var pairs []string
	for i := range 23 {
		pairs = append(pairs, fmt.Sprintf("tag-%02d=%d", (i*7)%23, i))
	}
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags(pairs...)})
	slices.Sort(pairs)
	for _, limit := range []int32{1, 5, 22, 23, 24, 50} {
		list := []types.Tag{}
		pages := kms.NewListResourceTagsPaginator(f, &kms.ListResourceTagsInput{KeyId: &key, Limit: &limit})
		for pages.HasMorePages() {
			page := got(pages.NextPage(t.Context())).ok(t)
			if len(page.Tags) > int(limit) || page.Truncated != (page.NextMarker != nil) {
				t.Errorf("limit %d: %d tags, Truncated %v, NextMarker %q", limit, len(page.Tags), page.Truncated, aws.ToString(page.NextMarker))
			}
			list = append(list, page.Tags...)
		}
		equal(t, fmt.Sprintf("pages of %d", limit), list, tags(pairs...))
	}
}

// A list goes on behind the tag that ended a page, also when that tag is gone.
func TestListResourceTagsWhileTheyChange(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("a=1", "b=2", "c=3", "d=4")})
	first := got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &key, Limit: aws.Int32(2)})).ok(t)
	got(f.UntagResource(t.Context(), &kms.UntagResourceInput{KeyId: &key, TagKeys: []string{"b"}})).ok(t)
	got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("aa=5", "cc=6")})).ok(t)
	rest := got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &key, Marker: first.NextMarker})).ok(t)
	equal(t, "the second page", rest.Tags, tags("c=3", "cc=6", "d=4"))
}
