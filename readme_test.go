package kmsfake_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/examples/vault/store"
)

// The test that the README shows.

func TestSecretOfADisabledKey(t *testing.T) {
	fake := kmsfake.New()
	key, _ := fake.CreateKey(t.Context(), nil)
	fake.CreateAlias(t.Context(), &kms.CreateAliasInput{
		AliasName: aws.String("alias/vault/acme"), TargetKeyId: key.KeyMetadata.KeyId,
	})
	vault, _ := store.Open(t.TempDir()+"/secrets", fake) // the code under test; or fake.Client(), a real *kms.Client
	vault.Put(t.Context(), "acme", "database", []byte("hunter2"))

	fake.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: key.KeyMetadata.KeyId})
	var disabled *types.DisabledException
	if _, err := vault.Get(t.Context(), "acme", "database"); !errors.As(err, &disabled) {
		t.Errorf("got %v, want a DisabledException", err)
	}
}

// The README shows that test as it is here, letter by letter.
func TestREADMEShowsARealTest(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(readme), "```go\n")
	shown, _, _ = strings.Cut(shown, "```")
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if shown == "" || !strings.Contains(string(source), "\n"+shown) {
		t.Errorf("the README's first example is not in readme_test.go:\n%s", shown)
	}
}
