package kmsfake_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// delegating is a key policy that gives the account full access, with n spaces
// more than it needs.
func delegating(account string, n int) string {
	return `{"Version": "2012-10-17", "Statement": [{"Sid": "mine", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + account +
		`:root"}, "Action": "kms:*", "Resource": "*"}]` + strings.Repeat(" ", n) + `}`
}

// The default key policy, letter by letter as GetKeyPolicy answers it.
func TestDefaultKeyPolicy(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, h := range []*kmsfake.Fake{f, f.InAccount(otherAccount)} {
		key := newKey(t, h)
		want := `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::` + h.Account() + `:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
		for _, name := range []*string{nil, aws.String("default")} {
			out := got(h.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &key, PolicyName: name})).ok(t)
			equal(t, "answer", out, &kms.GetKeyPolicyOutput{Policy: &want, PolicyName: aws.String("default")})
		}
	}
}

func TestKeyPolicyIsKept(t *testing.T) {
	t.Parallel()
	f := newFake()
	first, second := delegating(account, 0), delegating(account, 7)
	key := newKeyLike(t, f, &kms.CreateKeyInput{Policy: &first})
	equal(t, "policy of CreateKey", policyOf(t, f, key), first)
	for _, name := range []*string{nil, aws.String("default")} {
		out := got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &second, PolicyName: name})).ok(t)
		equal(t, "answer", out, &kms.PutKeyPolicyOutput{})
		equal(t, "policy of PutKeyPolicy", policyOf(t, f, key), second)
		putPolicy(t, f, key, first)
	}
}

func TestKeyPolicyRefused(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	good := delegating(account, 0)
	unchanged(t, f, func() {
		other := aws.String("other")
		got(f.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &key, PolicyName: other})).fails(t, "NotFoundException", "No such policy exists")
		got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &good, PolicyName: other})).fails(t, "NotFoundException", "No such policy exists")
		long := delegating(account, 32769-len(good))
		got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &long})).failsWith(t, "LimitExceededException")
		got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: &long})).failsWith(t, "LimitExceededException")
	})
	longest := delegating(account, 32768-len(good))
	putPolicy(t, f, key, longest)
	equal(t, "the longest policy", policyOf(t, f, key), longest)
	putPolicy(t, f, newKeyLike(t, f, &kms.CreateKeyInput{Policy: &longest}), good)
}

func TestListKeyPolicies(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	out := got(f.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: &key})).ok(t)
	equal(t, "answer", out, &kms.ListKeyPoliciesOutput{PolicyNames: []string{"default"}})
	got(f.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: aws.String(unknownKey)})).fails(t, "NotFoundException", "Key '"+keyARN(f, unknownKey)+"' does not exist")
}

func policyOf(t testing.TB, f *kmsfake.Fake, keyID string) string {
	t.Helper()
	return *got(f.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &keyID})).ok(t).Policy
}
