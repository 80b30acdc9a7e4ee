package service

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const (
	tagsPerKey     = 50
	largestTagPage = 50
)

// tagResource answers TagResource: new tags are added, and the value of a tag
// key that is there is replaced.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
func tagResource(c *call, in *kms.TagResourceInput) (*kms.TagResourceOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:TagResource")
	if err != nil {
		return nil, err
	}
	tags, err := withTags(k.tags, in.Tags)
	if err != nil {
		return nil, err
	}
	k.tags = tags
	return &kms.TagResourceOutput{}, nil
}

// untagResource answers UntagResource. A tag key that is not there is no error.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html
func untagResource(c *call, in *kms.UntagResourceInput) (*kms.UntagResourceOutput, error) {
	c.lock()
	defer c.unlock()
	k, err := c.findInState(*in.KeyId, "kms:UntagResource")
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(in.TagKeys, reserved) {
		return nil, reservedTagKey()
	}
	kept := make([]types.Tag, 0, len(k.tags))
	for _, tag := range k.tags {
		if !slices.Contains(in.TagKeys, *tag.TagKey) {
			kept = append(kept, tag)
		}
	}
	k.tags = kept
	return &kms.UntagResourceOutput{}, nil
}

// listResourceTags answers ListResourceTags, by tag key.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html
func listResourceTags(c *call, in *kms.ListResourceTagsInput) (*kms.ListResourceTagsOutput, error) {
	limit, err := pageLimit(in.Limit, largestTagPage, largestTagPage)
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	k, err := c.findInState(*in.KeyId, "kms:ListResourceTags")
	if err != nil {
		return nil, err
	}
	after, err := c.position(in.Marker, k.id)
	if err != nil {
		return nil, err
	}
	rest := k.tags
	if after != "" {
		i, found := findTag(k.tags, after)
		if found {
			i++
		}
		rest = k.tags[i:]
	}
	page, next := rest, ""
	if len(rest) > limit {
		page, next = rest[:limit], *rest[limit-1].TagKey
	}
	out := &kms.ListResourceTagsOutput{Tags: copyTags(page)}
	out.NextMarker, out.Truncated = c.marker(next, k.id)
	return out, nil
}

// withTags is what a key's tags become when some are added, in a new slice that
// shares nothing with the caller's.
func withTags(old, added []types.Tag) ([]types.Tag, error) {
	tags := slices.Clone(old)
	seen := make(map[string]bool, len(added))
	for _, tag := range added {
		if reserved(*tag.TagKey) {
			return nil, reservedTagKey()
		}
		if seen[*tag.TagKey] {
			return nil, duplicateTagKeys()
		}
		seen[*tag.TagKey] = true
	}
	if len(seen) > tagsPerKey {
		return nil, tooManyTags() // before any are put in order, however many they are
	}
	for _, tag := range copyTags(added) {
		i, found := findTag(tags, *tag.TagKey)
		if found {
			tags[i] = tag
			continue
		}
		tags = slices.Insert(tags, i, tag)
	}
	if len(tags) > tagsPerKey {
		return nil, tooManyTags()
	}
	return tags, nil
}

func findTag(tags []types.Tag, tagKey string) (int, bool) {
	return slices.BinarySearchFunc(tags, tagKey, func(tag types.Tag, want string) int {
		return strings.Compare(*tag.TagKey, want)
	})
}

func copyTags(tags []types.Tag) []types.Tag {
	cells := make([]string, 0, 2*len(tags))
	out := make([]types.Tag, 0, len(tags))
	for _, tag := range tags {
		cells = append(cells, *tag.TagKey, *tag.TagValue)
		out = append(out, types.Tag{TagKey: &cells[len(cells)-2], TagValue: &cells[len(cells)-1]})
	}
	return out
}

// reserved says whether a tag key is AWS's own.
func reserved(tagKey string) bool {
	return len(tagKey) >= 4 && strings.EqualFold(tagKey[:4], "aws:")
}
