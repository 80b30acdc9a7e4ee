package kmsfake_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// allowAll lets every principal of every account do all with a key.
func allowAll(t testing.TB, f *kmsfake.Fake, keyID string) {
	t.Helper()
	putPolicy(t, f, keyID, `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}`)
}

// denyByAlias denies Encrypt while the key has an alias of that name.
func denyByAlias(t testing.TB, f *kmsfake.Fake, keyID, name string) {
	t.Helper()
	putPolicy(t, f, keyID, `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"},
		{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:Encrypt", "Resource": "*",
		 "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "`+name+`"}}}]}`)
}

// deny denies an action with a key to everyone.
func deny(t testing.TB, f *kmsfake.Fake, keyID, action string) {
	t.Helper()
	putPolicy(t, f, keyID, `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"},
		{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "`+action+`", "Resource": "*"}]}`)
}

func putPolicy(t testing.TB, f *kmsfake.Fake, keyID, policy string) {
	t.Helper()
	got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &keyID, Policy: &policy})).ok(t)
}

// missingMember checks that the SDK's own check of required members refused.
func missingMember(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", text)
		return
	}
	if err.Error() != text {
		t.Errorf("the error reads %q, want %q", err, text)
	}
	var invalid smithy.InvalidParamsError
	if !errors.As(err, &invalid) || invalid.Len() != strings.Count(text, "missing required field") {
		t.Errorf("%v is no smithy.InvalidParamsError of the same members", err)
	}
}

// awsManagedKey is the key id of an AWS managed key, which DescribeKey of a
// predefined AWS alias has made.
func awsManagedKey(t testing.TB, f *kmsfake.Fake) string {
	t.Helper()
	metadata := describe(t, f, "alias/aws/ebs")
	equal(t, "KeyManager", metadata.KeyManager, types.KeyManagerTypeAws)
	return *metadata.KeyId
}

// notPermitted checks that a call was refused for want of permission. AWS does
// not say by which of its two exceptions.
func (r result[O]) notPermitted(t testing.TB) {
	t.Helper()
	var exception smithy.APIError
	if errors.As(r.err, &exception) && exception.ErrorCode() == "NotAuthorizedException" {
		r.fails(t, "NotAuthorizedException", "UnknownError")
		return
	}
	r.failsWith(t, "AccessDeniedException")
}
