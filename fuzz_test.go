package kmsfake_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"

	"example.com/kmsfake"
)

// A key policy is taken as it stands or refused with a reason, and one that was
// taken decides about every principal without more ado.
func FuzzPutKeyPolicy(f *testing.F) {
	fresh := newFake()
	key := newKey(f, fresh)
	for _, policy := range []string{
		delegating(account, 0), "", "{}", "[]", "null", `{"Version": "2012-10-17", "Statement": []}`, "\xff", "{\"Version\": \"2012-10-17\"\x00}",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}`,
		`{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + account + `", "arn:aws:iam::444455556666:role/a/b"]}, "NotAction": ["kms:En?rypt"], "Resource": "*",
		 "Condition": {"ForAllValues:StringLikeIfExists": {"kms:EncryptionContext:a": ["*", "${aws:PrincipalTag/x}"]}, "Bool": {"aws:SecureTransport": true}}}]}`,
		`{"Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "kms:*", "Resource": "*", "Condition": {"NumericLessThan": {"kms:X": "1e400"}}}]}`,
		`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-13-01T00:00:00Z"}, "IpAddress": {"aws:SourceIp": "::/129"}}}]}`,
	} {
		f.Add(policy, true)
		f.Add(policy, false)
	}
	f.Fuzz(func(t *testing.T, policy string, bypass bool) {
		fake := fresh.Clone()
		_, err := fake.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &policy, BypassPolicyLockoutSafetyCheck: bypass})
		if err != nil {
			checkCode(t, err, "MalformedPolicyDocumentException", "LimitExceededException", "ValidationException")
			equal(t, "the state after a refusal", dump(fake), dump(fresh))
			return
		}
		if !json.Valid([]byte(policy)) {
			t.Errorf("%q was taken for a policy", policy)
		}
		if out, err := fake.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &key}); err != nil {
			checkCode(t, err, "AccessDeniedException")
			if !bypass && strings.HasSuffix(fake.Principal(), ":root") {
				t.Error("locked out in spite of the check")
			}
		} else if *out.Policy != policy {
			t.Errorf("put %q, got %q", policy, *out.Policy)
		}
		arn := keyARN(fake, key)
		for _, caller := range []*kmsfake.Fake{
			fake, fake.InAccount(otherAccount), fake.As("arn:aws:iam::" + account + ":role/app"), fake.As("arn:aws:sts::" + account + ":assumed-role/app/session"),
			fake.As("arn:aws:iam::"+account+":user/u", `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}`),
		} {
			in := &kms.EncryptInput{KeyId: &arn, Plaintext: []byte("x"), EncryptionContext: map[string]string{"a": "b"}}
			if _, err := caller.Encrypt(t.Context(), in); err != nil {
				checkCode(t, err, "AccessDeniedException")
			}
		}
	})
}

// Whatever is given for a marker, the list goes on after one that it gave itself
// and refuses the rest.
func FuzzMarkers(f *testing.F) {
	fake := newFake()
	key := newKey(f, fake)
	newKey(f, fake)
	got(fake.TagResource(f.Context(), &kms.TagResourceInput{KeyId: &key, Tags: tags("a=1", "b=2")})).ok(f)
	for _, name := range []string{"alias/a", "alias/b"} {
		newAlias(f, fake, name, key)
		in := &kms.CreateGrantInput{
			KeyId: &key, Name: &name, GranteePrincipal: aws.String(grantee), RetiringPrincipal: aws.String(grantee),
			Operations: []types.GrantOperation{types.GrantOperationDecrypt},
		}
		got(fake.CreateGrant(f.Context(), in)).ok(f)
	}
	one := aws.Int32(1)
	lists := map[string]func(ctx context.Context, marker *string) (next *string, shown int, err error){
		"ListAliases": func(ctx context.Context, marker *string) (*string, int, error) {
			out, err := fake.ListAliases(ctx, &kms.ListAliasesInput{KeyId: &key, Limit: one, Marker: marker})
			if err != nil {
				return nil, 0, err
			}
			return out.NextMarker, len(out.Aliases), nil
		},
		"ListKeys": func(ctx context.Context, marker *string) (*string, int, error) {
			out, err := fake.ListKeys(ctx, &kms.ListKeysInput{Limit: one, Marker: marker})
			if err != nil {
				return nil, 0, err
			}
			return out.NextMarker, len(out.Keys), nil
		},
		"ListResourceTags": func(ctx context.Context, marker *string) (*string, int, error) {
			out, err := fake.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &key, Limit: one, Marker: marker})
			if err != nil {
				return nil, 0, err
			}
			return out.NextMarker, len(out.Tags), nil
		},
		"ListGrants": func(ctx context.Context, marker *string) (*string, int, error) {
			out, err := fake.ListGrants(ctx, &kms.ListGrantsInput{KeyId: &key, Limit: one, Marker: marker})
			if err != nil {
				return nil, 0, err
			}
			return out.NextMarker, len(out.Grants), nil
		},
		"ListRetirableGrants": func(ctx context.Context, marker *string) (*string, int, error) {
			out, err := fake.ListRetirableGrants(ctx, &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(grantee), Limit: one, Marker: marker})
			if err != nil {
				return nil, 0, err
			}
			return out.NextMarker, len(out.Grants), nil
		},
	}
	markers := map[string]string{}
	for operation, list := range lists {
		next, _, err := list(f.Context(), nil)
		if err != nil || next == nil {
			f.Fatalf("%s: marker %v, %v", operation, next, err)
		}
		markers[operation] = *next
		f.Add(*next)
		f.Add((*next)[1:])
	}
	f.Add("")
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, marker string) {
		for operation, list := range lists {
			_, shown, err := list(t.Context(), &marker)
			if own := marker == markers[operation]; own != (err == nil) {
				t.Errorf("%s with %q, its own %v: %v", operation, marker, own, err)
			}
			if err != nil {
				checkCode(t, err, "InvalidMarkerException", "ValidationException")
			} else if shown != 1 {
				t.Errorf("%s shows %d after its first page", operation, shown)
			}
		}
	})
}

// Only the token of a grant retires it or permits what it permits.
func FuzzGrantTokens(f *testing.F) {
	fresh := newFake()
	key := newKey(f, fresh)
	out := got(fresh.CreateGrant(f.Context(), &kms.CreateGrantInput{
		KeyId: &key, GranteePrincipal: aws.String("arn:aws:iam::" + account + ":role/app"), Operations: []types.GrantOperation{types.GrantOperationEncrypt},
	})).ok(f)
	f.Add(*out.GrantToken)
	f.Add((*out.GrantToken)[1:])
	f.Add(*out.GrantToken + "=")
	f.Add(*out.GrantId)
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		fake := fresh.Clone()
		own := token == *out.GrantToken
		_, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), GrantTokens: []string{token}})
		if own && err != nil {
			t.Errorf("Encrypt: %v", err)
		}
		if err != nil {
			checkCode(t, err, "InvalidGrantTokenException", "ValidationException")
		}
		if _, err = fake.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: &token}); own != (err == nil) {
			t.Errorf("RetireGrant with %q, which is the token %v: %v", token, own, err)
		}
		if err != nil {
			checkCode(t, err, "InvalidGrantTokenException", "ValidationException")
		}
	})
}

// A principal that a grant takes is shown as it was given; anything else is refused.
func FuzzPrincipals(f *testing.F) {
	fresh := newFake()
	key := newKey(f, fresh)
	for _, principal := range []string{
		grantee, account, "*", "", "arn:aws:iam::" + account + ":role/a/b", "arn:aws:sts::" + account + ":assumed-role/app/session", "arn:aws:iam::" + account + ":user/",
		"arn:aws:iam::" + account + ":federated-user/x", "s3.amazonaws.com", "arn:aws-cn:iam::" + account + ":root", "arn:aws:iam:::root", "arn:aws:s3:::bucket", "\xff",
	} {
		f.Add(principal)
	}
	f.Fuzz(func(t *testing.T, principal string) {
		fake := fresh.Clone()
		_, err := fake.CreateGrant(t.Context(), &kms.CreateGrantInput{
			KeyId: &key, GranteePrincipal: &principal, Operations: []types.GrantOperation{types.GrantOperationDecrypt},
		})
		if err != nil {
			checkCode(t, err, "InvalidArnException", "ValidationException")
			equal(t, "the state after a refusal", dump(fake), dump(fresh))
			return
		}
		if !strings.HasPrefix(principal, "arn:aws:") {
			t.Errorf("%q was taken for a principal", principal)
		}
		list := got(fake.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key, GranteePrincipal: &principal})).ok(t).Grants
		if len(list) != 1 || *list[0].GranteePrincipal != principal {
			t.Errorf("%q is shown as %+v", principal, list)
		}
	})
}

// Whatever bytes come over HTTP for an operation, the answer is one that an SDK can
// read, and what is not done changes nothing.
func FuzzServeHTTP(f *testing.F) {
	fresh := newFake(kmsfake.WithKeys(twinKeys...))
	bodies := []string{
		`{}`, `{"KeyId":"alias/symmetric"}`, `{"KeyId":"alias/symmetric","Plaintext":"eA==","EncryptionContext":{"a":"b"}}`, `{"KeyId":1}`, `[`, "\xff",
		`{"AliasName":"alias/new","TargetKeyId":"` + twinKeys[0].ID + `"}`, `{"KeyId":"` + twinKeys[0].ID + `","Tags":[{"TagKey":"a","TagValue":"é"}]}`,
		`{"KeyId":"` + twinKeys[0].ID + `","Policy":"{}","PolicyName":"default"}`, `{"NumberOfBytes":1e3}`, `{"Limit":-0}`, `{"CiphertextBlob":"AQ=="}`,
		`{"KeyId":"` + twinKeys[0].ID + `","PendingWindowInDays":7}`, `{"Description":"\ud800","KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}`, `{"CustomKeyStoreName":null}`,
	}
	for i := range operationNames {
		f.Add(uint(i), []byte(bodies[i%len(bodies)]))
	}
	for i, body := range bodies {
		f.Add(uint(7*i), []byte(body))
	}
	before := dump(fresh)
	f.Fuzz(func(t *testing.T, at uint, body []byte) {
		fake := fresh.Clone()
		operation := operationNames[at%uint(len(operationNames))]
		r := httptest.NewRequest("POST", "https://kms.us-east-1.amazonaws.com/", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("X-Amz-Target", "TrentService."+operation)
		r.Header.Set("X-Amz-Date", "20260314T150926Z")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260314/us-east-1/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=00")
		w := httptest.NewRecorder()
		fake.ServeHTTP(w, r)
		text := w.Body.Bytes()
		if !utf8.Valid(text) || len(text) > 0 && !json.Valid(text) {
			t.Errorf("%s of %q answers %q", operation, body, text)
		}
		if w.Code == http.StatusOK {
			return
		}
		var exception struct {
			Type string `json:"__type"`
		}
		if err := json.Unmarshal(text, &exception); err != nil || exception.Type == "" || w.Code != http.StatusBadRequest {
			t.Errorf("%s of %q: status %d, %q", operation, body, w.Code, text)
		}
		if diff := cmp.Diff(before, dump(fake)); diff != "" {
			t.Errorf("%s of %q was refused with %s and changed the state:\n%s", operation, body, exception.Type, diff)
		}
	})
}
