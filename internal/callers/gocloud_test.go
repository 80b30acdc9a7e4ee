package callers

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"gocloud.dev/gcerrors"
	"gocloud.dev/secrets"
	"gocloud.dev/secrets/awskms"

	"example.com/kmsfake"
)

const (
	first  = "0f1e2d3c-4b5a-4968-8776-655443322110"
	second = "1f1e2d3c-4b5a-4968-8776-655443322110"
)

// newFake is an AWS with two keys, the first of which has the alias alias/app.
func newFake() *kmsfake.Fake {
	return kmsfake.New(kmsfake.WithKeys(kmsfake.Key{ID: first, Aliases: []string{"alias/app"}}, kmsfake.Key{ID: second}))
}

func open(t *testing.T, client *kms.Client, key string, options *awskms.KeeperOptions) *secrets.Keeper {
	t.Helper()
	keeper := awskms.OpenKeeperV2(client, key, options)
	t.Cleanup(func() {
		if err := keeper.Close(); err != nil {
			t.Error(err)
		}
	})
	return keeper
}

// A keeper of the Go Cloud Development Kit keeps its secrets.
func TestGoCloudKeeper(t *testing.T) {
	t.Parallel()
	fake := newFake()
	keeper := open(t, fake.Client(), "alias/app", nil)
	sealed, err := keeper.Encrypt(t.Context(), []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := keeper.Decrypt(t.Context(), sealed)
	if err != nil || string(opened) != "a secret" {
		t.Fatalf("opened %q, %v", opened, err)
	}

	// Another context is another secret.
	bound := open(t, fake.Client(), "alias/app", &awskms.KeeperOptions{EncryptionContext: map[string]string{"tenant": "acme"}})
	if _, err := bound.Decrypt(t.Context(), sealed); gcerrors.Code(err) != gcerrors.InvalidArgument {
		t.Errorf("with another encryption context: %v", err)
	}

	// The alias moves on and the ciphertext with it.
	if _, err := fake.UpdateAlias(t.Context(), &kms.UpdateAliasInput{AliasName: aws.String("alias/app"), TargetKeyId: aws.String(second)}); err != nil {
		t.Fatal(err)
	}
	moved, err := fake.Client().ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: sealed, DestinationKeyId: aws.String("alias/app")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fake.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: aws.String(first)}); err != nil {
		t.Fatal(err)
	}
	if opened, err := keeper.Decrypt(t.Context(), moved.CiphertextBlob); err != nil || string(opened) != "a secret" {
		t.Errorf("opened %q, %v", opened, err)
	}
	_, err = keeper.Decrypt(t.Context(), sealed)
	var state *types.KMSInvalidStateException
	if !keeper.ErrorAs(err, &state) {
		t.Errorf("under a key that is pending deletion: %v", err)
	}
}

// The errors of the service are those that the keeper knows.
func TestGoCloudErrors(t *testing.T) {
	t.Parallel()
	fake := newFake()
	if _, err := open(t, fake.Client(), "alias/none", nil).Encrypt(t.Context(), []byte("x")); gcerrors.Code(err) != gcerrors.NotFound {
		t.Errorf("without a key: %v", err)
	}
	keeper := open(t, fake.Client(), "alias/app", nil)
	if _, err := keeper.Decrypt(t.Context(), []byte("not a ciphertext")); gcerrors.Code(err) != gcerrors.InvalidArgument {
		t.Errorf("of what is no ciphertext: %v", err)
	}
	fake.Inject(kmsfake.Fault{Operation: "Encrypt", Times: 1, Error: &types.DisabledException{}})
	_, err := keeper.Encrypt(t.Context(), []byte("x"))
	var disabled *types.DisabledException
	if !keeper.ErrorAs(err, &disabled) && !errors.As(err, &disabled) {
		t.Errorf("under a disabled key: %v", err)
	}
	fake.Inject(kmsfake.Fault{Operation: "Encrypt", Times: 2, Error: kmsfake.Throttled})
	if _, err := keeper.Encrypt(t.Context(), []byte("x")); err != nil {
		t.Errorf("throttled twice: %v", err)
	}
}
