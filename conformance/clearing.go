package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// Label is the key of the tag that every KMS key of a play carries. Answers are
// read without it.
const Label = "kmsfake-conformance"

// label puts the tag on what is about to be made.
func label(in any, run string) {
	tag := types.Tag{TagKey: aws.String(Label), TagValue: &run}
	switch in := in.(type) {
	case *kms.CreateKeyInput:
		in.Tags = append(in.Tags, tag)
	case *kms.ReplicateKeyInput:
		in.Tags = append(in.Tags, tag)
	}
}

// unlabel takes the tag out of an answer.
func unlabel(out Members) {
	for _, name := range []string{"Tags", "ReplicaTags"} {
		tags, ok := out[name].([]any)
		if !ok {
			continue
		}
		out[name] = slices.DeleteFunc(tags, func(tag any) bool {
			members, ok := tag.(Members)
			return ok && members["TagKey"] == Label
		})
	}
	if tags, ok := out["ReplicaTags"].([]any); ok && len(tags) == 0 {
		delete(out, "ReplicaTags") // as of a replica key without tags
	}
}

// leftover is something that a play made, and how it is cleared up.
type leftover struct {
	region, what string
	clear        func(context.Context, kmsfake.API, func(*kms.Options)) error
}

// remember notes what a call made.
func (p *play) remember(region string, in, out any) {
	switch in := in.(type) {
	case *kms.CreateKeyInput:
		p.leave(region, out.(*kms.CreateKeyOutput).KeyMetadata)
	case *kms.ReplicateKeyInput:
		p.leave(*in.ReplicaRegion, out.(*kms.ReplicateKeyOutput).ReplicaKeyMetadata)
	case *kms.CreateAliasInput:
		name := *in.AliasName
		p.made = append(p.made, leftover{region, name, func(ctx context.Context, api kmsfake.API, in func(*kms.Options)) error {
			_, err := api.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &name}, in)
			return err
		}})
	case *kms.CreateCustomKeyStoreInput:
		id := aws.ToString(out.(*kms.CreateCustomKeyStoreOutput).CustomKeyStoreId)
		p.made = append(p.made, leftover{region, id, func(ctx context.Context, api kmsfake.API, in func(*kms.Options)) error {
			_, err := api.DeleteCustomKeyStore(ctx, &kms.DeleteCustomKeyStoreInput{CustomKeyStoreId: &id}, in)
			return err
		}})
	}
}

// leave notes a KMS key.
func (p *play) leave(region string, key *types.KeyMetadata) {
	if key == nil || key.KeyId == nil || key.Arn == nil {
		return // an endpoint that answers otherwise than AWS: there is nothing to go by
	}
	id := *key.KeyId
	p.made = append(p.made, leftover{region, *key.Arn, func(ctx context.Context, api kmsfake.API, in func(*kms.Options)) error {
		return scheduleDeletion(ctx, api, id, in)
	}})
}

func scheduleDeletion(ctx context.Context, api kmsfake.API, key string, in func(*kms.Options)) error {
	_, err := api.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &key, PendingWindowInDays: aws.Int32(7)}, in)
	return err
}

// clear clears up, the last that was made first, and says what is left. A key
// that is being created or updated may take a while until it can be scheduled.
func (p *play) clear(ctx context.Context) (left []string) {
	for _, l := range slices.Backward(p.made) {
		in := func(o *kms.Options) { o.Region = l.region }
		err := l.clear(ctx, p.target.API, in)
		for range 15 {
			if p.target.Settle == 0 || !coming(err) {
				break
			}
			wait(ctx, p.target.Settle)
			err = l.clear(ctx, p.target.API, in)
		}
		if err != nil && !gone(err) {
			left = append(left, fmt.Sprintf("%s is left: %v", l.what, err))
		}
	}
	return left
}

// coming says whether a KMS key is still being made or changed.
func coming(err error) bool {
	var state *types.KMSInvalidStateException
	return errors.As(err, &state) && !leaving.MatchString(state.ErrorMessage())
}

// gone says whether there is nothing left to clear up, for the play did it.
func gone(err error) bool {
	var exception smithy.APIError
	if !errors.As(err, &exception) {
		return false
	}
	switch exception.ErrorCode() {
	case "NotFoundException", "CustomKeyStoreNotFoundException":
		return true
	case "KMSInvalidStateException":
		return leaving.MatchString(exception.ErrorMessage())
	}
	return false
}

// Sweep schedules the deletion of every KMS key in the target's two Regions that
// carries the [Label], and reports each to told.
func Sweep(ctx context.Context, t *Target, told func(arn string)) error {
	for _, region := range []string{t.OtherRegion, t.Region} { // replicas, mostly, before their primaries
		in := func(o *kms.Options) { o.Region = region }
		pages := kms.NewListKeysPaginator(t.API, &kms.ListKeysInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, in)
			if err != nil {
				return err
			}
			for _, key := range page.Keys {
				if !labelled(ctx, t.API, *key.KeyId, in) {
					continue
				}
				err := scheduleDeletion(ctx, t.API, *key.KeyId, in)
				if err != nil && !gone(err) {
					return err
				}
				if err == nil {
					told(*key.KeyArn)
				}
			}
		}
	}
	return nil
}

// labelled says whether a key carries the tag. One whose tags may not be read is
// somebody else's.
func labelled(ctx context.Context, api kmsfake.API, key string, in func(*kms.Options)) bool {
	tags, err := api.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &key}, in)
	return err == nil && slices.ContainsFunc(tags.Tags, func(tag types.Tag) bool { return aws.ToString(tag.TagKey) == Label })
}
