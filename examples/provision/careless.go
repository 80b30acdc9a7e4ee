package provision

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// Careless is Key as it is often written: it cleans up when it is told of a
// failure, and passes every test in which nothing fails. The sweep finds what is
// wrong with it.
func Careless(ctx context.Context, api API, alias string) (arn string, err error) {
	made, err := api.CreateKey(ctx, nil)
	if err != nil {
		return "", err // the key may be there all the same
	}
	key := made.KeyMetadata
	if _, err := api.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: key.KeyId}); err != nil {
		// The alias may be there all the same, and then leads to a key on its way
		// to deletion. This call may fail, too.
		_, _ = api.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key.KeyId})
		return "", err
	}
	return *key.Arn, nil
}
