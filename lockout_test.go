package kmsfake_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// refusedPolicies are refused by CreateKey and PutKeyPolicy alike.
var refusedPolicies = map[string]struct{ policy, code, text string }{
	"no JSON":              {`not a policy`, "MalformedPolicyDocumentException", ""},
	"no statement":         {`{"Version": "2012-10-17"}`, "MalformedPolicyDocumentException", ""},
	"an unknown operator":  {keyPolicy(allowStatement(`"*"`, "kms:*", `{"StringIs": {"aws:SourceIp": "x"}}`)), "MalformedPolicyDocumentException", ""},
	"no principal":         {keyPolicy(`{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}`), "MalformedPolicyDocumentException", "Policy contains a statement with no principal."},
	"a malformed one":      {keyPolicy(allowStatement(`{"AWS": "alice"}`, "kms:*", "")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
	"a group":              {keyPolicy(allowStatement(`{"AWS": "arn:aws:iam::`+account+`:group/g"}`, "kms:*", "")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
	"of another partition": {keyPolicy(allowStatement(`{"AWS": "arn:aws-cn:iam::`+account+`:root"}`, "kms:*", "")), "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
	"locks out":            {`{"Statement": ` + allowStatement(`{"AWS": "`+appRole+`"}`, "kms:*", "") + `}`, "MalformedPolicyDocumentException", lockout},
	"denies the next":      {keyPolicy(`{"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*"}`), "MalformedPolicyDocumentException", lockout},
	"too long":             {keyPolicy() + strings.Repeat(" ", 32_768), "LimitExceededException", "Key policy size quota is 32768 bytes."},
}

const lockout = "The new key policy will not allow you to update the key policy in the future."

func TestKeyPoliciesThatAreRefused(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithJournal(1))
	key := newKey(t, f)
	for name, test := range refusedPolicies {
		t.Run(name, func(t *testing.T) {
			unchanged(t, f, func() {
				got(f.CreateKey(t.Context(), &kms.CreateKeyInput{Policy: &test.policy})).fails(t, test.code, test.text)
				got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &test.policy})).fails(t, test.code, test.text)
			})
			if why := f.Calls()[0].Why; test.text == "" && !strings.HasPrefix(why, "malformed policy document: ") {
				t.Errorf("AWS does not say what is wrong, and the journal says %q", why)
			}
		})
	}
}

func TestLockoutCheck(t *testing.T) {
	t.Parallel()
	f := newFake()
	onlyApp := `{"Statement": ` + allowStatement(`{"AWS": "`+appRole+`"}`, "kms:*", "") + `}`
	// Who can change the policy afterwards may put it.
	app := f.As(appSession, allowing("kms:CreateKey"))
	key := newKeyLike(t, app, &kms.CreateKeyInput{Policy: &onlyApp})
	got(f.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})).failsWith(t, "AccessDeniedException")
	describe(t, app, key)
	own := `{"Statement": ` + allowStatement(`{"AWS": "`+grantee+`"}`, "kms:*", "") + `}`
	putPolicy(t, app, key, own)
	got(describeKey(t, app, key)).failsWith(t, "AccessDeniedException")
	// The check can be done without.
	got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &onlyApp, BypassPolicyLockoutSafetyCheck: true})).ok(t)
	got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &own})).failsWith(t, "AccessDeniedException")
	newKeyLike(t, f, &kms.CreateKeyInput{Policy: &onlyApp, BypassPolicyLockoutSafetyCheck: true})
}

// A statement without Action or Resource is taken, and has no effect.
func TestStatementsWithoutEffect(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	for _, statement := range []string{
		`{"Effect": "Allow", "Principal": {"AWS": "` + appRole + `"}, "Action": "kms:Encrypt"}`,
		`{"Effect": "Allow", "Principal": {"AWS": "` + appRole + `"}, "Resource": "*"}`,
	} {
		putPolicy(t, f, key, keyPolicy(statement))
		got(encrypt(t, f.As(appRole), key, "x")).failsWith(t, "AccessDeniedException")
	}
}

func TestReplicaHasAPolicyOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true), Policy: aws.String(keyPolicy())})
	replicate := func(to, policy string) result[kms.ReplicateKeyOutput] {
		return got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &key, ReplicaRegion: &to, Policy: &policy}))
	}
	unchanged(t, f, func() {
		replicate(otherRegion, refusedPolicies["locks out"].policy).fails(t, "MalformedPolicyDocumentException", lockout)
	})
	policy := keyPolicy(allowStatement(`{"AWS": "`+appRole+`"}`, "kms:DescribeKey", ""))
	equal(t, "ReplicaPolicy", *replicate(otherRegion, policy).ok(t).ReplicaPolicy, policy)
	describe(t, f.As(appRole).InRegion(otherRegion), key)
	got(describeKey(t, f.As(appRole), key)).failsWith(t, "AccessDeniedException")
}
