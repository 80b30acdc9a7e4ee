package kmsfake_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/smithy-go"
)

func codeOf(err error) string {
	var exception smithy.APIError
	if errors.As(err, &exception) {
		return exception.ErrorCode()
	}
	return ""
}

// aliasName is the documentation of AliasName as a pattern.
var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

// Whatever is given for an alias name, it is taken if and only if the
// documentation allows it, and then means the key.
func FuzzAliasNames(f *testing.F) {
	fake := newFake()
	key := newKey(f, fake)
	for _, name := range []string{
		"alias/ExampleAlias", "alias/", "alias/aws/s3", "alias/a:b", "alias/a b", "", "ALIAS/a", "alias/\n", "alias/a\n", "alias/é", "\xff",
		"alias/" + strings.Repeat("a", 250), "alias/" + strings.Repeat("a", 251), key, aliasARN(fake, "alias/a"), "arn:aws:kms", "alias/%s",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		_, err := createAlias(t, fake, name, key)
		if legal := aliasName.MatchString(name) && !strings.HasPrefix(name, "alias/aws/"); legal != (err == nil) {
			t.Fatalf("legal %v, and the answer is %v", legal, err)
		}
		if err != nil {
			codes := []string{"InvalidAliasNameException", "NotAuthorizedException", "ValidationException"}
			if code := codeOf(err); !slices.Contains(codes, code) {
				t.Errorf("%v, want one of %v", err, codes)
			}
			if text := err.Error(); utf8.ValidString(name) && !utf8.ValidString(text) {
				t.Errorf("the error is not UTF-8: %q", text)
			}
			return
		}
		equal(t, "aliases", aliasNames(aliasesOf(t, fake, key)), []string{name})
		equal(t, "key", *describe(t, fake, aliasARN(fake, name)).KeyId, key)
		got(deleteAlias(t, fake, name)).ok(t)
	})
}

// Whatever is given for a key, the answer is the key or one of the exceptions
// that say what is wrong with the name.
func FuzzKeyNames(f *testing.F) {
	fake := newFake()
	key := newKey(f, fake)
	newAlias(f, fake, "alias/a", key)
	names := []string{key, keyARN(fake, key), "alias/a", aliasARN(fake, "alias/a")}
	for _, name := range append(names,
		"", "arn:", "arn:::::", "arn:aws:kms:us-east-1:111122223333:key/", "arn:aws:kms:us-east-1::key/"+key, "arn:aws-cn:kms:us-east-1:111122223333:key/"+key,
		"arn:aws:kms:us-east-1:444455556666:key/"+key, "arn:aws:kms:eu-west-1:111122223333:alias/a", strings.ToUpper(key), " "+key, key+"\x00", "mrk-", "alias/",
	) {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		out, err := describeKey(t, fake, name)
		if err == nil {
			managed := strings.Contains(name, "alias/aws/") // DescribeKey makes these
			if !managed && (!slices.Contains(names, name) || *out.KeyMetadata.KeyId != key) {
				t.Errorf("%q is %s", name, *out.KeyMetadata.Arn)
			}
			return
		}
		codes := []string{"NotFoundException", "InvalidArnException", "AccessDeniedException", "ValidationException"}
		if code := codeOf(err); slices.Contains(names, name) || !slices.Contains(codes, code) {
			t.Errorf("%q: %v, want one of %v", name, err, codes)
		}
	})
}
