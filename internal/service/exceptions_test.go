package service

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/smithy-go"
)

// The errors that the API reference lists under some operations, KMSInternalException
// and its kin included.
func TestExceptions(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string][]string{
		"CreateAlias": {
			"AlreadyExistsException", "DependencyTimeoutException", "InvalidAliasNameException", "KMSInternalException",
			"KMSInvalidStateException", "LimitExceededException", "NotFoundException",
		},
		"Decrypt": {
			"DependencyTimeoutException", "DisabledException", "DryRunOperationException", "IncorrectKeyException",
			"InvalidCiphertextException", "InvalidGrantTokenException", "InvalidKeyUsageException", "KMSInternalException",
			"KMSInvalidStateException", "KeyUnavailableException", "NotFoundException",
		},
		"GenerateRandom": {
			"CustomKeyStoreInvalidStateException", "CustomKeyStoreNotFoundException", "DependencyTimeoutException",
			"KMSInternalException", "UnsupportedOperationException",
		},
		"ListKeys": {"DependencyTimeoutException", "InvalidMarkerException", "KMSInternalException"},
		"ScheduleKeyDeletion": {
			"DependencyTimeoutException", "InvalidArnException", "KMSInternalException", "KMSInvalidStateException", "NotFoundException",
		},
	} {
		if got := Exceptions(operation); !slices.Equal(got, want) {
			t.Errorf("%s throws %v, want %v", operation, got, want)
		}
	}
	for operation := range operations {
		for _, name := range Exceptions(operation) {
			var exception smithy.APIError
			if err := NewException(name, "words"); !errors.As(err, &exception) || exception.ErrorCode() != name || exception.ErrorMessage() != "words" {
				t.Errorf("%s: made %#v", name, err)
			}
		}
	}
}

// Every text that is AWS's own belongs to an exception that some operation throws,
// and can be written for any operation, whatever its input names.
func TestOwnTextsAreOfExceptions(t *testing.T) {
	t.Parallel()
	a := New(Config{})
	for name, write := range ownTexts {
		thrown := false
		for operation := range operations {
			thrown = thrown || throws(operation, name)
			c := a.newCall(Administrator("111122223333", "us-east-1"), operation, &traits{})
			_ = write(c, subject{})
		}
		if !thrown {
			t.Errorf("no operation throws %s", name)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	names := []string{"Decrypt", "Encrypt", "ReEncrypt", "DescribeKey"}
	for wrong, want := range map[string]string{
		"Decript": "; did you mean Decrypt?", "encrypt": "; did you mean Encrypt?", "DescribeKeys": "; did you mean DescribeKey?",
		"": "", "Lambda": "",
	} {
		if got := DidYouMean(wrong, names); got != want {
			t.Errorf("%q: %q, want %q", wrong, got, want)
		}
	}
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}} {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("%q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
