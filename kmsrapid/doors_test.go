package kmsrapid_test

import (
	"bytes"
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

func code(err error) string {
	var exception smithy.APIError
	if errors.As(err, &exception) {
		return exception.ErrorCode()
	}
	return ""
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// The administrator comes between calls whichever way they take.
func TestEveryDoorMeetsTheAdministrator(t *testing.T) {
	t.Parallel()
	doors := map[string]func(*rapid.T, *kmsfake.Fake) kmsfake.API{
		"Client": func(_ *rapid.T, fake *kmsfake.Fake) kmsfake.API { return fake.Client(once) },
		"HTTP": func(t *rapid.T, fake *kmsfake.Fake) kmsfake.API {
			server := httptest.NewServer(fake)
			t.Cleanup(server.Close)
			return kms.New(kms.Options{
				Region: fake.Region(), BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Credentials: fake.Credentials(),
			}, once)
		},
	}
	for name, door := range doors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := 0
			kmsrapid.Check(t, func(t *rapid.T, fake *kmsfake.Fake) {
				client := door(t, fake)
				stored, err := sealWith(t.Context(), client, []byte("secret"))
				if err != nil {
					return
				}
				opened, err := openUnderAliasWith(t.Context(), client, stored)
				if err == nil && !bytes.Equal(opened, []byte("secret")) {
					t.Fatalf("opened %q", opened)
				}
				if code(err) == "IncorrectKeyException" {
					met++
				}
			}, appKey, kmsrapid.Only(kmsrapid.UpdateAlias))
			if met == 0 {
				t.Error("nobody ever comes between")
			}
		})
	}
}

// once does not try again.
func once(o *kms.Options) { o.Retryer = aws.NopRetryer{} }
