package kmsrapid

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
	"pgregory.net/rapid"
)

// AliasName draws an alias name that CreateAlias takes, if it is not taken: up to
// 256 characters, the prefix alias/ included.
func AliasName() *rapid.Generator[string] { return aliasName }

var aliasName = rapid.OneOf(
	rapid.StringMatching(`alias/[a-z]{1,8}`),
	rapid.StringMatching(`alias/[a-zA-Z0-9/_-]{1,40}`),
	rapid.SampledFrom([]string{
		"alias/a", "alias/A", "alias/aws", "alias/AWS/s3", "alias/awsome/key", "alias/alias/a", "alias//", "alias/-", "alias/_",
		"alias/" + strings.Repeat("x", 250),
	}),
).Filter(func(name string) bool { return !strings.HasPrefix(name, "alias/aws/") })

// BadAlias is an alias name that CreateAlias refuses.
type BadAlias struct {
	Name string
	Code string // of the exception
	Text string // its message; "" is none, which the SDK reads as UnknownError
}

// Is says whether an error is the one that CreateAlias must answer.
func (b BadAlias) Is(err error) bool {
	var exception smithy.APIError
	if !errors.As(err, &exception) || exception.ErrorCode() != b.Code {
		return false
	}
	text := exception.ErrorMessage()
	return text == b.Text || b.Text == "" && text == "UnknownError"
}

// BadAliasName draws an alias name that CreateAlias refuses, with the exception that it
// must answer.
func BadAliasName() *rapid.Generator[BadAlias] { return badAlias }

const (
	pattern       = `^[a-zA-Z0-9:/_-]+$`
	prefixMissing = `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`
	validation    = "ValidationException"
)

var badAlias = rapid.OneOf(
	rapid.Map(rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9_-]{1,30}`),
		rapid.SampledFrom([]string{"Alias/a", "ALIAS/a", "alias", "/alias/a", "alias:a", "key/a"}),
	), func(name string) BadAlias {
		return BadAlias{name, validation, prefixMissing}
	}),
	rapid.Map(rapid.StringMatching(`alias/[a-z]{0,5}[ .,!@#$%^&*()äß€\\"'\n][a-z]{0,5}`), func(name string) BadAlias {
		return BadAlias{name, validation, violation(name, "Member must satisfy regular expression pattern: "+pattern)}
	}),
	rapid.Map(rapid.IntRange(257, 600), func(length int) BadAlias {
		name := "alias/" + strings.Repeat("x", length-len("alias/"))
		return BadAlias{name, validation, violation(name, "Member must have length less than or equal to 256")}
	}),
	rapid.Map(rapid.StringMatching(`[a-z/]{0,5}:[a-z:]{0,5}`), func(rest string) BadAlias {
		name := "alias/" + rest
		if strings.HasPrefix(name, "alias/aws/") {
			return reserved(name)
		}
		return BadAlias{name, "InvalidAliasNameException", name + " contains invalid characters for an alias"}
	}),
	rapid.Map(rapid.StringMatching(`[a-zA-Z0-9/_-]{0,20}`), func(rest string) BadAlias { return reserved("alias/aws/" + rest) }),
)

// reserved is a name that only AWS gives.
func reserved(name string) BadAlias { return BadAlias{name, "NotAuthorizedException", ""} }

func violation(name, constraint string) string {
	return fmt.Sprintf("1 validation error detected: Value '%s' at 'aliasName' failed to satisfy constraint: %s", name, constraint)
}
