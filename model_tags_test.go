package kmsfake_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

var modelTagCommands = []modelCommand{
	modelOperation("TagResource", (*kmsfake.Fake).TagResource,
		func(d *modelDraw) *kms.TagResourceInput {
			return &kms.TagResourceInput{KeyId: d.keyID("KeyId"), Tags: d.tags()}
		},
		func(c *modelCall, in *kms.TagResourceInput, _ *kms.TagResourceOutput) (*kms.TagResourceOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.keyID("keyId", in.KeyId)
			c.checkTags(in.Tags)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			tags, refusal := modelWithTags(k.tags, in.Tags)
			if refusal != nil {
				return nil, refusal
			}
			k.tags = tags
			return &kms.TagResourceOutput{}, nil
		}),
	modelOperation("UntagResource", (*kmsfake.Fake).UntagResource,
		func(d *modelDraw) *kms.UntagResourceInput {
			return &kms.UntagResourceInput{
				KeyId:   d.keyID("KeyId"),
				TagKeys: slices.Clone(modelPick(d, "TagKeys", []string{"t0"}, []string{"t1", "none"}, []string{"t0", "t0"}, []string{}, []string{"aws:x"}, nil)),
			}
		},
		func(c *modelCall, in *kms.UntagResourceInput, _ *kms.UntagResourceOutput) (*kms.UntagResourceOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.required("TagKeys", in.TagKeys != nil)
			c.checks.keyID("keyId", in.KeyId)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			if slices.ContainsFunc(in.TagKeys, modelReserved) {
				return nil, modelRefuse("TagException", "Tags beginning with aws: are reserved")
			}
			maps.DeleteFunc(k.tags, func(tagKey, _ string) bool { return slices.Contains(in.TagKeys, tagKey) })
			return &kms.UntagResourceOutput{}, nil
		}),
	modelOperation("ListResourceTags", (*kmsfake.Fake).ListResourceTags,
		func(d *modelDraw) *kms.ListResourceTagsInput {
			return &kms.ListResourceTagsInput{KeyId: d.keyID("KeyId"), Limit: d.limit(), Marker: d.marker()}
		},
		func(c *modelCall, in *kms.ListResourceTagsInput, got *kms.ListResourceTagsOutput) (*kms.ListResourceTagsOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.keyID("keyId", in.KeyId)
			if refusal := c.checkPage(in.Limit, in.Marker, 50); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			after, refusal := c.start(in.Marker, k)
			if refusal != nil {
				return nil, refusal
			}
			var learned *string
			if got != nil {
				learned = got.NextMarker
			}
			out := &kms.ListResourceTagsOutput{Tags: []types.Tag{}}
			names, next, truncated := c.page(slices.Sorted(maps.Keys(k.tags)), after, in.Limit, 50, k, learned)
			out.NextMarker, out.Truncated = next, truncated
			for _, name := range names {
				out.Tags = append(out.Tags, types.Tag{TagKey: aws.String(name), TagValue: aws.String(k.tags[name])})
			}
			return out, nil
		}),
}

// tags draws some tags, of which the last may be one that is refused.
func (d *modelDraw) tags() []types.Tag {
	tags := []types.Tag{}
	value := modelPick(d, "tag value", "", "v", strings.Repeat("v", 256))
	first := modelPick(d, "first tag", 0, 1, 2, 40)
	for i := range modelPick(d, "tags", 1, 2, 0, 3, 49, 50, 51) {
		tags = append(tags, types.Tag{TagKey: aws.String(fmt.Sprint("t", first+i)), TagValue: aws.String(value)})
	}
	if d.oneIn(4, "a bad tag") {
		tags = append(tags, modelPick(d, "bad tag",
			types.Tag{TagKey: aws.String(fmt.Sprint("t", first)), TagValue: aws.String("twice")},
			types.Tag{TagKey: aws.String("aws:x"), TagValue: aws.String("")},
			types.Tag{TagKey: aws.String("AWS:x"), TagValue: aws.String("")},
			types.Tag{TagKey: aws.String(""), TagValue: aws.String("")},
			types.Tag{TagKey: aws.String(strings.Repeat("k", 129)), TagValue: aws.String("")},
			types.Tag{TagKey: aws.String("k"), TagValue: aws.String(strings.Repeat("v", 257))},
			types.Tag{TagValue: aws.String("no key")},
			types.Tag{TagKey: aws.String("no value")},
		))
	}
	return tags
}

func (c *modelCall) checkTags(tags []types.Tag) {
	for i, tag := range tags {
		c.checks.required(fmt.Sprintf("Tags[%d].TagKey", i), tag.TagKey != nil)
		c.checks.required(fmt.Sprintf("Tags[%d].TagValue", i), tag.TagValue != nil)
		c.checks.length(fmt.Sprintf("tags.%d.member.tagKey", i+1), tag.TagKey, 1, 128)
		c.checks.length(fmt.Sprintf("tags.%d.member.tagValue", i+1), tag.TagValue, 0, 256)
	}
}

func modelReserved(tagKey string) bool { return strings.HasPrefix(strings.ToLower(tagKey), "aws:") }

// modelWithTags is what tags become when others are added or take their place.
func modelWithTags(old map[string]string, added []types.Tag) (map[string]string, *modelRefusal) {
	tags, seen := maps.Clone(old), map[string]bool{}
	if tags == nil {
		tags = map[string]string{}
	}
	for _, tag := range added {
		if modelReserved(*tag.TagKey) {
			return nil, modelRefuse("TagException", "Tags beginning with aws: are reserved")
		}
		if seen[*tag.TagKey] {
			return nil, modelRefuse("TagException", "Duplicate tag keys")
		}
		seen[*tag.TagKey] = true
		tags[strings.Clone(*tag.TagKey)] = strings.Clone(*tag.TagValue)
	}
	if len(tags) > 50 {
		return nil, modelRefuse("TagException", "Too many tags")
	}
	return tags, nil
}
