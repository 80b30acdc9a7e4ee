package iam

import (
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestDefaultKeyPolicyIsWhatGetKeyPolicyAnswers(t *testing.T) {
	t.Parallel()
	const want = `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111122223333:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
	if got := DefaultKeyPolicy("aws", "111122223333"); got != want {
		t.Errorf("got %s", got)
	}
	p := mustParse(t, DefaultKeyPolicy("aws-cn", "111122223333"), KeyPolicy)
	if err := p.CheckPartition("aws-cn"); err != nil {
		t.Error(err)
	}
	if p.ID() != "key-default-1" || p.Len() != 1 || p.Kind() != KeyPolicy || p.Document() != DefaultKeyPolicy("aws-cn", "111122223333") {
		t.Errorf("id %q, %d statements, %v", p.ID(), p.Len(), p.Kind())
	}
}

const (
	emptyText  = "\x00none"
	invalidPrc = "Policy contains a statement with one or more invalid principals."
	noPrc      = "Policy contains a statement with no principal."
)

// statementWith puts elements before a complete rest.
func keyStatement(elements string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + elements + `}]}`
}

func TestParseKeyPolicy(t *testing.T) {
	t.Parallel()
	rest := `,"Action":"kms:*","Resource":"*"`
	principal := func(p string) string { return keyStatement(`"Principal":` + p + rest) }
	condition := func(c string) string {
		return keyStatement(`"Principal":"*","Action":"kms:*","Resource":"*","Condition":` + c)
	}
	tests := []struct {
		name, document string
		message        string // "" is accepted, emptyText is refused without a text
	}{
		{"default", DefaultKeyPolicy("aws", "111122223333"), ""},
		{"older version", `{"Version":"2008-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}`, ""},
		{"no version", `{"Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}`, ""},
		{"another version", `{"Version":"2020-01-01","Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}`, emptyText},
		{"version a number", `{"Version":2012,"Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}`, emptyText},
		{"empty", ``, emptyText},
		{"not JSON", `not a real policy statement`, emptyText},
		{"a string", `"kms:*"`, emptyText},
		{"null", `null`, emptyText},
		{"a list", `[]`, emptyText},
		{"empty object", `{}`, emptyText},
		{"no statement", `{"Version":"2012-10-17","Statement":[]}`, emptyText},
		{"a statement that is null", `{"Version":"2012-10-17","Statement":null}`, emptyText},
		{"cut off", DefaultKeyPolicy("aws", "111122223333")[:100], emptyText},
		{"trailing text", DefaultKeyPolicy("aws", "111122223333") + "{}", emptyText},
		{"trailing comma", `{"Version":"2012-10-17","Statement":[],}`, emptyText},
		{"unknown element", `{"Version":"2012-10-17","Statements":[]}`, emptyText},
		{"unknown element of a statement", keyStatement(`"Principals":"*","Principal":"*"` + rest), emptyText},
		{"element in another case", keyStatement(`"principal":"*"` + rest), emptyText},
		{"element twice", keyStatement(`"Principal":"*","Principal":"*"` + rest), emptyText},
		{"effect in lower case", `{"Statement":{"Effect":"allow","Principal":"*","Action":"kms:*","Resource":"*"}}`, emptyText},
		{"no effect", `{"Statement":{"Principal":"*","Action":"kms:*","Resource":"*"}}`, emptyText},
		{"same Sid twice", `{"Statement":[{"Sid":"a b","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"},{"Sid":"a b","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]}`, emptyText},
		{"empty Sids", `{"Statement":[{"Sid":"","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"},{"Sid":"","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]}`, ""},
		{"no Resource has no effect", keyStatement(`"Principal":"*","Action":"kms:*"`), ""},
		{"no Action has no effect", keyStatement(`"Principal":"*","Resource":"*"`), ""},
		{"Action and NotAction", keyStatement(`"Principal":"*","NotAction":"kms:Decrypt"` + rest), emptyText},
		{"Principal and NotPrincipal", keyStatement(`"Principal":"*","NotPrincipal":"*"` + rest), emptyText},
		{"action without vendor", keyStatement(`"Principal":"*","Action":"Decrypt","Resource":"*"`), emptyText},
		{"action a number", keyStatement(`"Principal":"*","Action":7,"Resource":"*"`), emptyText},

		{"no principal", keyStatement(`"Action":"kms:*","Resource":"*"`), noPrc},
		{"empty principal", principal(`{}`), noPrc},
		{"empty list of principals", principal(`{"AWS":[]}`), noPrc},
		{"principal a list", principal(`["*"]`), emptyText},
		{"everyone", principal(`"*"`), ""},
		{"everyone of AWS", principal(`{"AWS":"*"}`), ""},
		{"account id", principal(`{"AWS":"111122223333"}`), ""},
		{"account, user, role, session", principal(`{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:user/division/Alice","arn:aws:iam::111122223333:role/service-role/App","arn:aws:sts::111122223333:assumed-role/App/i-0123"]}`), ""},
		{"federated user", principal(`{"AWS":"arn:aws:sts::111122223333:federated-user/Bob"}`), ""},
		{"service", principal(`{"Service":["logs.us-east-1.amazonaws.com","dnssec-route53.amazonaws.com"]}`), ""},
		{"federated", principal(`{"Federated":"cognito-identity.amazonaws.com"}`), ""},
		{"providers of an account", principal(`{"Federated":["arn:aws:iam::111122223333:saml-provider/Okta","arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]}`), ""},
		{"provider that is none", principal(`{"Federated":"arn:aws:iam::111122223333:user/Alice"}`), invalidPrc},
		{"canonical user", principal(`{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`), ""},
		{"bare ARN", principal(`"arn:aws:iam::111122223333:root"`), invalidPrc},
		{"eleven digits", principal(`{"AWS":"11112222333"}`), invalidPrc},
		{"ARN with eleven digits", principal(`{"AWS":"arn:aws:iam::11112222333:root"}`), invalidPrc},
		{"partition that is none", principal(`{"AWS":"arn:aws-moon:iam::111122223333:root"}`), invalidPrc},
		{"unique id of a deleted user", principal(`{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}`), invalidPrc},
		{"group", principal(`{"AWS":"arn:aws:iam::111122223333:group/Admins"}`), invalidPrc},
		{"wildcard in the name", principal(`{"AWS":"arn:aws:iam::111122223333:role/*"}`), invalidPrc},
		{"user without name", principal(`{"AWS":"arn:aws:iam::111122223333:user/"}`), invalidPrc},
		{"session without name", principal(`{"AWS":"arn:aws:sts::111122223333:assumed-role/App"}`), invalidPrc},
		{"with a Region", principal(`{"AWS":"arn:aws:iam:us-east-1:111122223333:root"}`), invalidPrc},
		{"unknown type", principal(`{"Account":"111122223333"}`), invalidPrc},
		{"service without domain", principal(`{"Service":"s3"}`), invalidPrc},
		{"empty string", principal(`{"AWS":""}`), invalidPrc},

		{"condition", condition(`{"StringEquals":{"kms:ViaService":["a","b"]},"Bool":{"kms:GrantIsForAWSResource":true},"NumericLessThan":{"kms:RotationPeriodInDays":90}}`), ""},
		{"no condition", condition(`{}`), ""},
		{"unknown operator", condition(`{"StringIs":{"kms:ViaService":"a"}}`), emptyText},
		{"unknown operator without keys", condition(`{"StringIs":{}}`), emptyText},
		{"unknown set operator", condition(`{"ForSomeValues:StringLike":{"kms:ViaService":"a"}}`), emptyText},
		{"Null with IfExists", condition(`{"NullIfExists":{"kms:ViaService":"true"}}`), emptyText},
		{"Null with a set operator", condition(`{"ForAllValues:Null":{"aws:TagKeys":"true"}}`), emptyText},
		{"condition a list", condition(`[]`), emptyText},
		{"operator a string", condition(`{"StringEquals":"a"}`), emptyText},
		{"value an object", condition(`{"StringEquals":{"kms:ViaService":{}}}`), emptyText},
		{"value null", condition(`{"StringEquals":{"kms:ViaService":null}}`), emptyText},
		{"ForAllValues of a list", condition(`{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"a"}}`), ""},
		{"ForAllValues of one context pair", condition(`{"ForAllValues:StringEquals":{"kms:EncryptionContext:AppName":"a"}}`),
			"OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified encryption context or with an unspecified encryption context. To fix, remove ForAllValues."},
		{"ForAllValues of one tag", condition(`{"ForAllValues:StringLike":{"aws:RequestTag/team":"a"}}`),
			"OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches requests without the specified tag or with an unspecified tag. To fix, remove ForAllValues."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkParse(t, tt.document, KeyPolicy, tt.message)
		})
	}
}

func TestParseIdentityPolicy(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, document, message string }{
		{"administrator", adminPolicy, ""},
		{"not JSON", `{`, "Syntax errors in policy."},
		{"version", `{"Version":"2013","Statement":[]}`, "The policy must contain a valid version string."},
		{"principal", keyStatement(`"Principal":"*","Action":"kms:*","Resource":"*"`), "Policy document should not specify a principal."},
		{"no action", keyStatement(`"Resource":"*"`), "Policy statement must contain actions."},
		{"no resource", keyStatement(`"Action":"kms:*"`), "Policy statement must contain resources."},
		{"Sid with a space", keyStatement(`"Sid":"a b","Action":"kms:*","Resource":"*"`), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
		{"no vendor", keyStatement(`"Action":"Decrypt","Resource":"*"`), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"two colons", keyStatement(`"Action":"kms:De:crypt","Resource":"*"`), "Actions/Condition can contain only one colon."},
		{"resource not an ARN", keyStatement(`"Action":"kms:*","Resource":"alias/a"`), `Resource alias/a must be in ARN format or "*".`},
		{"condition without vendor", keyStatement(`"Action":"kms:*","Resource":"*","Condition":{"Bool":{"Secure":"true"}}`), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"same Sid twice", `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}]}`, "Statement IDs (SID) in a single policy must be unique."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkParse(t, tt.document, IdentityPolicy, tt.message)
		})
	}
}

func checkParse(t *testing.T, document string, kind Kind, message string) {
	t.Helper()
	p, err := Parse(document, kind)
	if message == "" {
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	var m *Malformed
	if p != nil || !errors.As(err, &m) {
		t.Fatalf("got %v, %v", p, err)
	}
	if want := strings.TrimPrefix(message, emptyText); m.Message != want {
		t.Errorf("message %q, want %q", m.Message, want)
	}
	if m.Detail == "" || !strings.Contains(m.Error(), m.Detail) || !strings.Contains(m.Error(), m.Message) {
		t.Errorf("error %q, detail %q", m.Error(), m.Detail)
	}
}

func TestCheckPartition(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{
		`"Effect":"Allow","Action":"kms:*","Resource":"*"`,
		`"Effect":"Deny","Action":"kms:*","Resource":"*"`,
		`"Effect":"Allow"`,
	} {
		p := mustParse(t, `{"Statement":{"Principal":{"AWS":["111122223333","arn:aws-cn:iam::111122223333:root"]},`+effect+`}}`, KeyPolicy)
		var m *Malformed
		if err := p.CheckPartition("aws"); !errors.As(err, &m) || m.Message != invalidPrc {
			t.Errorf("%s: got %v", effect, err)
		}
	}
	p := mustParse(t, keyStatement(`"Principal":{"AWS":"111122223333","Service":"s3.amazonaws.com"},"Action":"kms:*","Resource":"*"`), KeyPolicy)
	if err := p.CheckPartition("aws-us-gov"); err != nil {
		t.Error(err)
	}
}

func TestParseBoundsHostileInput(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		strings.Repeat("[", 100_000),
		strings.Repeat(`{"a":`, 100_000),
		`{"Statement":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`,
		strings.Repeat("{", 1<<20),
	} {
		if _, err := Parse(document, KeyPolicy); err == nil || len(err.Error()) > 200 {
			t.Errorf("%.20s...: %v", document, err)
		}
	}
	long := strings.Repeat("x", 30_000)
	for _, document := range []string{
		keyStatement(`"Principal":{"AWS":"` + long + `"}`),
		keyStatement(`"Principal":{"` + long + `":"x"}`),
		keyStatement(`"` + long + `":"*"`),
		keyStatement(`"Sid":"` + long + `"`),
		keyStatement(`"Principal":"*","Condition":{"` + long + `":{}}`),
		`{"` + long + `":1,"` + long + `":2}`,
	} {
		if _, err := Parse(document, KeyPolicy); err == nil || len(err.Error()) > 600 {
			t.Errorf("%.60s...: %.700v", document, err)
		}
	}
	_, err := Parse(strings.Repeat("[", 100), KeyPolicy)
	if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
		t.Error(err)
	}
	// A pattern of asterisks costs at most the product of the lengths.
	stars := strings.Repeat("*a", 8000)
	p := mustParse(t, keyStatement(`"Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringLike":{"kms:EncryptionContext:k":"`+stars+`b"}}`), KeyPolicy)
	q := question(t, userAlice, "kms:Decrypt", p)
	q.Lookup = func(string) ([]string, bool) { return []string{strings.Repeat("a", 8192)}, true }
	if Decide(q).Allowed {
		t.Error("matched")
	}
}

func TestPolicyIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	p := mustParse(t, keyStatement(`"Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*","Condition":{"StringLike":{"aws:username":"${aws:username, 'x'}"}}`), KeyPolicy)
	identity := mustParse(t, adminPolicy, IdentityPolicy)
	alice := principal(t, userAlice)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				q := &Question{KeyPolicy: p, KeyAccount: accountA, Identity: []*Policy{identity}}
				q.Request = Request{Principal: alice, Action: "kms:Decrypt", Resource: keyARN}
				if d := Decide(q); !d.Allowed || d.Reason() == "" {
					t.Error(d.Reason())
				}
			}
		})
	}
	wg.Wait()
}

func FuzzParse(f *testing.F) {
	f.Add(DefaultKeyPolicy("aws", accountA))
	f.Add(adminPolicy)
	f.Add(keyStatement(`"NotPrincipal":{"AWS":["*"]},"NotAction":["kms:*","a:?"],"NotResource":"arn:aws:kms:*:*:key/${aws:username, 'a}'}","Condition":{"ForAnyValue:ArnLikeIfExists":{"aws:SourceArn":"arn:*:${x}:a"}}`))
	f.Add(`{"Statement":[{"Effect":"Deny","Principal":{"AWS":"\ud800"},"Condition":{"IpAddress":{"a:b":["::/0",1e999,true]}}}]}`)
	callers := []string{userAlice, roleApp, sessionApp, rootA, userBob, serviceS3}
	f.Fuzz(func(t *testing.T, document string) {
		for _, kind := range []Kind{KeyPolicy, IdentityPolicy} {
			p, err := Parse(document, kind)
			if err != nil {
				var m *Malformed
				if p != nil || !errors.As(err, &m) || strings.ContainsRune(m.Message, 0) && !strings.Contains(document, `\u0000`) {
					t.Fatalf("%v, %v", p, err)
				}
				continue
			}
			for _, c := range callers {
				q := question(t, c, "kms:Decrypt", p)
				if kind == IdentityPolicy {
					q.KeyPolicy, q.Identity = mustParse(t, DefaultKeyPolicy("aws", accountA), KeyPolicy), []*Policy{p}
				}
				d := Decide(q)
				if d.Allowed != (d.Denial == NotDenied) || d.Reason() == "" || strings.ContainsAny(d.Reason(), "\n\r\t") {
					t.Fatalf("allowed %v, denial %v, reason %q", d.Allowed, d.Denial, d.Reason())
				}
			}
		}
	})
}
