// Package provision makes a KMS key behind an alias, and takes both away again.
// It is an example of code that holds its promises whatever call of AWS KMS fails,
// and however.
package provision

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// API is what is needed of KMS.
type API interface {
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
	kms.ListKeysAPIClient
	kms.ListResourceTagsAPIClient
	CreateKey(context.Context, *kms.CreateKeyInput, ...func(*kms.Options)) (*kms.CreateKeyOutput, error)
	CreateAlias(context.Context, *kms.CreateAliasInput, ...func(*kms.Options)) (*kms.CreateAliasOutput, error)
	DeleteAlias(context.Context, *kms.DeleteAliasInput, ...func(*kms.Options)) (*kms.DeleteAliasOutput, error)
	ScheduleKeyDeletion(context.Context, *kms.ScheduleKeyDeletionInput, ...func(*kms.Options)) (*kms.ScheduleKeyDeletionOutput, error)
}

// owner is the tag of a key that was made for an alias. It is set as the key is
// made, so a key whose id got lost with the answer can still be found.
const owner = "provisioned-for"

// Key gives the ARN of the enabled KMS key that an alias leads to, and makes both
// if they are not there.
//
// If it fails, a later call goes on where it ended: there is never more than one
// key that was made for an alias and is not on its way to deletion, as long as
// calls for the same alias come one after another.
func Key(ctx context.Context, api API, alias string) (arn string, err error) {
	key, err := behind(ctx, api, alias)
	if err != nil {
		return "", err
	}
	if key == nil {
		if key, err = unclaimed(ctx, api, alias); err != nil {
			return "", err
		}
	}
	if key == nil {
		made, err := api.CreateKey(ctx, &kms.CreateKeyInput{
			Description: aws.String("behind " + alias),
			Tags:        []types.Tag{{TagKey: aws.String(owner), TagValue: &alias}},
		})
		if err != nil {
			return "", fmt.Errorf("making a key for %s: %w", alias, err)
		}
		key = made.KeyMetadata
	}
	_, err = api.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: key.KeyId})
	if err != nil && !is[*types.AlreadyExistsException](err) {
		return "", fmt.Errorf("making %s: %w", alias, err)
	}
	// The alias may have been there all along, as an answer that got lost leaves it.
	key, err = behind(ctx, api, alias)
	switch {
	case err != nil:
		return "", err
	case key == nil || key.KeyState != types.KeyStateEnabled:
		return "", fmt.Errorf("%s does not lead to an enabled key", alias)
	}
	return *key.Arn, nil
}

// Remove takes away the alias, and schedules the deletion of the keys that were
// made for it. If it fails, a later call goes on where it ended.
func Remove(ctx context.Context, api API, alias string) error {
	_, err := api.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: &alias})
	if err != nil && !is[*types.NotFoundException](err) {
		return fmt.Errorf("deleting %s: %w", alias, err)
	}
	for {
		key, err := unclaimed(ctx, api, alias)
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		if _, err := api.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key.KeyId}); err != nil {
			return fmt.Errorf("scheduling the deletion of the key of %s: %w", alias, err)
		}
	}
	// That it was not found may have been a look at an older state.
	if key, err := behind(ctx, api, alias); err != nil {
		return err
	} else if key != nil {
		return fmt.Errorf("%s is still there", alias)
	}
	return nil
}

// behind is the key that an alias leads to, or nil if there is no such alias.
func behind(ctx context.Context, api API, alias string) (*types.KeyMetadata, error) {
	out, err := api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
	switch {
	case is[*types.NotFoundException](err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking for %s: %w", alias, err)
	}
	return out.KeyMetadata, nil
}

// unclaimed is a key that was made for an alias and is not on its way to deletion,
// or nil.
func unclaimed(ctx context.Context, api API, alias string) (*types.KeyMetadata, error) {
	for pages := kms.NewListKeysPaginator(api, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing keys: %w", err)
		}
		for _, entry := range page.Keys {
			mine, err := madeFor(ctx, api, *entry.KeyId, alias)
			if err != nil {
				return nil, err
			}
			if !mine {
				continue
			}
			out, err := api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: entry.KeyId})
			if err != nil {
				return nil, fmt.Errorf("looking at key %s: %w", *entry.KeyId, err)
			}
			if out.KeyMetadata.KeyState != types.KeyStatePendingDeletion {
				return out.KeyMetadata, nil
			}
		}
	}
	return nil, nil
}

func madeFor(ctx context.Context, api API, key, alias string) (bool, error) {
	for pages := kms.NewListResourceTagsPaginator(api, &kms.ListResourceTagsInput{KeyId: &key}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, fmt.Errorf("looking at the tags of key %s: %w", key, err)
		}
		for _, tag := range page.Tags {
			if *tag.TagKey == owner {
				return *tag.TagValue == alias, nil
			}
		}
	}
	return false, nil
}

// is says whether an error is an exception of a type.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
