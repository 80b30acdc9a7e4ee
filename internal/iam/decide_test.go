package iam

import (
	"fmt"
	"strings"
	"testing"
)

const (
	accountA = "111122223333"
	accountB = "444455556666"

	userAlice  = "arn:aws:iam::111122223333:user/Alice"
	roleApp    = "arn:aws:iam::111122223333:role/service-role/App"
	sessionApp = "arn:aws:sts::111122223333:assumed-role/App/i-1"
	rootA      = "arn:aws:iam::111122223333:root"
	userBob    = "arn:aws:iam::444455556666:user/Bob"
	rootB      = "arn:aws:iam::444455556666:root"
	serviceS3  = "s3.amazonaws.com"

	keyARN   = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	aliasARN = "arn:aws:kms:us-west-2:111122223333:alias/ExampleAlias"

	adminPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`
)

func mustParse(t testing.TB, document string, kind Kind) *Policy {
	t.Helper()
	p, err := Parse(document, kind)
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return p
}

func principal(t testing.TB, text string) *Principal {
	t.Helper()
	p, err := ParsePrincipal(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// question asks of keyARN, which account A owns.
func question(t testing.TB, caller, action string, key *Policy, identity ...*Policy) *Question {
	return &Question{
		Request:    Request{Principal: principal(t, caller), Action: action, Resource: keyARN},
		KeyPolicy:  key,
		KeyAccount: accountA,
		Identity:   identity,
	}
}

// keys is a Lookup of single values.
func keys(pairs ...string) func(string) ([]string, bool) {
	m := make(map[string][]string)
	for i := 0; i < len(pairs); i += 2 {
		name := strings.ToLower(pairs[i])
		m[name] = append(m[name], pairs[i+1])
	}
	return func(key string) ([]string, bool) { v, ok := m[key]; return v, ok }
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func TestDecide(t *testing.T) {
	t.Parallel()
	const (
		delegates  = `{"Sid":"delegates","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`
		delegatesB = `{"Sid":"delegatesB","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["kms:Encrypt","kms:Decrypt"],"Resource":"*"}`
		namesAlice = `{"Sid":"namesAlice","Effect":"Allow","Principal":{"AWS":"` + userAlice + `"},"Action":"kms:Decrypt","Resource":"*"}`
		namesApp   = `{"Sid":"namesApp","Effect":"Allow","Principal":{"AWS":"` + roleApp + `"},"Action":"kms:Decrypt","Resource":"*"}`
		namesBob   = `{"Sid":"namesBob","Effect":"Allow","Principal":{"AWS":"` + userBob + `"},"Action":"kms:Decrypt","Resource":"*"}`
		namesS3    = `{"Sid":"namesS3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}`
		everybody  = `{"Sid":"everybody","Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`
		denyA      = `{"Sid":"denyA","Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"kms:Dec*","Resource":"*"}`
		denyApp    = `{"Sid":"denyApp","Effect":"Deny","Principal":{"AWS":"` + sessionApp + `"},"Action":"*","Resource":"*"}`
		denyOther  = `{"Sid":"denyOther","Effect":"Deny","Principal":"*","NotAction":"kms:Decrypt","Resource":"*"}`
		noResource = `{"Sid":"noResource","Effect":"Allow","Principal":{"AWS":"` + userAlice + `"},"Action":"kms:*"}`
		noAction   = `{"Sid":"noAction","Effect":"Deny","Principal":"*","Resource":"*"}`
		onKeyARN   = `{"Sid":"onKeyARN","Effect":"Allow","Principal":{"AWS":"` + userAlice + `"},"Action":"kms:*","Resource":"` + keyARN + `"}`
		onAlias    = `{"Sid":"onAlias","Effect":"Allow","Principal":{"AWS":"` + userAlice + `"},"Action":"kms:*","Resource":"` + aliasARN + `"}`

		namesAppB  = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:role/App"},"Action":"kms:*","Resource":"*"}`
		namesAppCN = `{"Effect":"Allow","Principal":{"AWS":"arn:aws-cn:iam::111122223333:role/App"},"Action":"kms:*","Resource":"*"}`
		namesACN   = `{"Effect":"Allow","Principal":{"AWS":"arn:aws-cn:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`

		all        = `{"Sid":"all","Effect":"Allow","Action":"kms:*","Resource":"*"}`
		decryptKey = `{"Sid":"decryptKey","Effect":"Allow","Action":"KMS:decrypt","Resource":"arn:aws:kms:*:111122223333:key/*"}`
		thisAlias  = `{"Sid":"thisAlias","Effect":"Allow","Action":"kms:*","Resource":"` + aliasARN + `"}`
		notThis    = `{"Sid":"notThis","Effect":"Allow","Action":"kms:*","NotResource":"` + keyARN + `"}`
		encrypt    = `{"Sid":"encrypt","Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}`
		never      = `{"Sid":"never","Effect":"Deny","Action":"kms:Decrypt","Resource":"` + keyARN + `"}`
	)
	tests := []struct {
		name     string
		caller   string
		key      []string
		identity []string
		grant    bool
		want     Denial
		reason   string // has this in it
	}{
		{"the administrator", userAlice, []string{delegates}, []string{all}, false, NotDenied, `statement "delegates" of the key policy lets account 111122223333 use IAM policies, and statement "all" of identity policy 1 allows it`},
		{"a role", roleApp, []string{delegates}, []string{all}, false, NotDenied, ""},
		{"a session", sessionApp, []string{delegates}, []string{all}, false, NotDenied, ""},
		{"delegated, no identity policy", userAlice, []string{delegates}, nil, false, NoIdentityAllow, "no identity policy of " + userAlice + " allows kms:Decrypt"},
		{"delegated, another action", userAlice, []string{delegates}, []string{encrypt}, false, NoIdentityAllow, ""},
		{"action in any case", userAlice, []string{delegates}, []string{decryptKey}, false, NotDenied, ""},
		{"an alias stands for no key", userAlice, []string{delegates}, []string{thisAlias}, false, NoIdentityAllow, `statement "thisAlias" of identity policy 1 has an alias as Resource, which stands for no key`},
		{"NotResource", userAlice, []string{delegates}, []string{notThis}, false, NoIdentityAllow, ""},
		{"not delegated", userAlice, []string{namesApp}, []string{all}, false, NoResourceAllow, `so statement "all" of identity policy 1 counts for nothing`},
		{"another account is delegated", userAlice, []string{delegatesB}, []string{all}, false, NoResourceAllow, ""},
		{"named", userAlice, []string{namesAlice}, nil, false, NotDenied, `statement "namesAlice" of the key policy allows it`},
		{"role named, its session calls", sessionApp, []string{namesApp}, nil, false, NotDenied, ""},
		{"role named, the role calls", roleApp, []string{namesApp}, nil, false, NotDenied, ""},
		{"role of that name in another account named", sessionApp, []string{namesAppB}, []string{all}, false, NoResourceAllow, ""},
		{"role of that name in another partition named", sessionApp, []string{namesAppCN}, []string{all}, false, NoResourceAllow, ""},
		{"account of that id in another partition named", userAlice, []string{namesACN}, []string{all}, false, NoResourceAllow, ""},
		{"a user of that name and a role", "arn:aws:iam::111122223333:user/App", []string{namesApp}, nil, false, NoResourceAllow, ""},
		{"everyone, in the account", userAlice, []string{everybody}, nil, false, NotDenied, ""},
		{"root of the account", rootA, []string{delegates}, nil, false, NotDenied, ""},
		{"root, key names a user", rootA, []string{namesAlice}, []string{all}, false, NoResourceAllow, ""},
		{"key policy on its own ARN", userAlice, []string{onKeyARN}, nil, false, NotDenied, ""},
		{"key policy on an alias", userAlice, []string{onAlias}, nil, false, NoResourceAllow, "alias as Resource"},
		{"statement without Resource", userAlice, []string{noResource}, nil, false, NoResourceAllow, `statement "noResource" of the key policy lacks Action or Resource`},
		{"statement without Action", userAlice, []string{namesAlice, noAction}, nil, false, NotDenied, ""},

		{"deny of the account", userAlice, []string{namesAlice, denyA}, []string{all}, true, DenyInResource, `statement "denyA" of the key policy denies it`},
		{"deny of the account, root", rootA, []string{delegates, denyA}, nil, true, DenyInResource, ""},
		{"deny of one session", sessionApp, []string{namesApp, denyApp}, nil, true, DenyInResource, ""},
		{"deny of another session", roleApp, []string{namesApp, denyApp}, nil, false, NotDenied, ""},
		{"deny by NotAction", userAlice, []string{namesAlice, denyOther}, nil, false, NotDenied, ""},
		{"deny in an identity policy", userAlice, []string{namesAlice}, []string{all, never}, true, DenyInIdentity, `statement "never" of identity policy 1 denies it`},

		{"other account, both sides", userBob, []string{delegatesB}, []string{all}, false, NotDenied, `statement "delegatesB" of the key policy lets account 444455556666 use IAM policies`},
		{"other account, named, both sides", userBob, []string{namesBob}, []string{decryptKey}, false, NotDenied, `statement "namesBob" of the key policy allows it to another account, and statement "decryptKey" of identity policy 1 allows it there`},
		{"other account, key policy only", userBob, []string{namesBob}, nil, false, NoIdentityAllow, ""},
		{"other account, identity policy only", userBob, []string{delegates}, []string{all}, false, NoResourceAllow, ""},
		{"other account, neither", userBob, []string{delegates}, nil, false, NoIdentityAllow, ""},
		{"other account, everyone", userBob, []string{everybody}, nil, false, NoIdentityAllow, ""},
		{"other account, everyone, both sides", userBob, []string{everybody}, []string{all}, false, NotDenied, ""},
		{"other account, root", rootB, []string{delegatesB}, nil, false, NotDenied, ""},
		{"other account, root not named", rootB, []string{delegates}, nil, false, NoResourceAllow, ""},

		{"service named", serviceS3, []string{namesS3}, nil, false, NotDenied, ""},
		{"service, everyone", serviceS3, []string{everybody}, nil, false, NotDenied, ""},
		{"service not named", serviceS3, []string{delegates}, nil, false, NoResourceAllow, "the key policy does not allow kms:Decrypt to s3.amazonaws.com"},
		{"service granted", serviceS3, []string{delegates}, nil, true, NotDenied, "grant"},

		{"granted", userAlice, []string{delegates}, nil, true, NotDenied, "grant g"},
		{"granted, not delegated", userAlice, []string{namesApp}, nil, true, NotDenied, "grant g"},
		{"granted to another account", userBob, []string{delegates}, nil, true, NotDenied, "grant g"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var identity []*Policy
			if tt.identity != nil {
				identity = append(identity, mustParse(t, document(tt.identity...), IdentityPolicy))
			}
			q := question(t, tt.caller, "kms:Decrypt", mustParse(t, document(tt.key...), KeyPolicy), identity...)
			q.Grant = func() (bool, string) { return tt.grant, "grant g" }
			d := Decide(q)
			if d.Denial != tt.want || d.Allowed != (tt.want == NotDenied) {
				t.Errorf("allowed %v, denial %v, want %v: %s", d.Allowed, d.Denial, tt.want, d.Reason())
			}
			if !strings.Contains(d.Reason(), tt.reason) || d.Reason() == "" {
				t.Errorf("reason %q lacks %q", d.Reason(), tt.reason)
			}
		})
	}
}

func TestDecideWithoutKey(t *testing.T) {
	t.Parallel()
	create := `{"Effect":"Allow","Action":["kms:CreateKey","kms:CreateAlias"],"Resource":["*"]}`
	onAlias := `{"Effect":"Allow","Action":"kms:CreateAlias","Resource":"` + aliasARN + `"}`
	deny := `{"Effect":"Deny","Action":"kms:CreateKey","Resource":"*"}`
	tests := []struct {
		name, caller, action, resource string
		identity                       []string
		want                           Denial
	}{
		{"allowed", userAlice, "kms:CreateKey", "*", []string{create}, NotDenied},
		{"not allowed", userAlice, "kms:ListKeys", "*", []string{create}, NoIdentityAllow},
		{"nothing", userAlice, "kms:ListKeys", "*", nil, NoIdentityAllow},
		{"denied", userAlice, "kms:CreateKey", "*", []string{create, deny}, DenyInIdentity},
		{"root", rootA, "kms:CreateKey", "*", nil, NotDenied},
		{"service", serviceS3, "kms:CreateKey", "*", nil, NoIdentityAllow},
		{"alias", userAlice, "kms:CreateAlias", aliasARN, []string{onAlias}, NotDenied},
		{"another alias", userAlice, "kms:CreateAlias", aliasARN + "2", []string{onAlias}, NoIdentityAllow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := question(t, tt.caller, tt.action, nil)
			q.Resource = tt.resource
			if tt.identity != nil {
				q.Identity = []*Policy{mustParse(t, document(tt.identity...), IdentityPolicy)}
			}
			q.Grant = func() (bool, string) { t.Error("a grant was asked for"); return true, "" }
			if d := Decide(q); d.Denial != tt.want || d.Allowed != (tt.want == NotDenied) || d.Reason() == "" {
				t.Errorf("denial %v, want %v: %s", d.Denial, tt.want, d.Reason())
			}
		})
	}
}

func TestNotPrincipal(t *testing.T) {
	t.Parallel()
	allow := `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`
	not := func(effect string, arns ...string) string {
		return fmt.Sprintf(`{"Effect":%q,"NotPrincipal":{"AWS":["%s"]},"Action":"kms:*","Resource":"*"}`, effect, strings.Join(arns, `","`))
	}
	tests := []struct {
		name, caller string
		key          []string
		want         bool
	}{
		{"user and account listed", userAlice, []string{allow, not("Deny", userAlice, rootA)}, true},
		{"account not listed", userAlice, []string{allow, not("Deny", userAlice)}, false},
		{"only the account listed", userAlice, []string{allow, not("Deny", rootA)}, false},
		{"session, role and account listed", sessionApp, []string{allow, not("Deny", sessionApp, roleApp, rootA)}, true},
		{"session and account listed", sessionApp, []string{allow, not("Deny", sessionApp, rootA)}, false},
		{"role and account listed, session calls", sessionApp, []string{allow, not("Deny", roleApp, rootA)}, false},
		{"session and role listed", sessionApp, []string{allow, not("Deny", sessionApp, roleApp)}, false},
		{"role and account listed, role calls", roleApp, []string{allow, not("Deny", roleApp, accountA)}, true},
		{"root listed", rootA, []string{allow, not("Deny", rootA)}, true},
		{"root not listed", rootA, []string{allow, not("Deny", userAlice)}, false},
		{"everyone listed", userAlice, []string{allow, not("Deny", "*")}, true},
		{"allow, not listed", userAlice, []string{not("Allow", userBob)}, true},
		{"allow, listed", userAlice, []string{not("Allow", userAlice)}, false},
		{"allow, account listed", userAlice, []string{not("Allow", rootA)}, false},
		{"service spared by nobody", serviceS3, []string{allow, not("Deny", rootA)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := Decide(question(t, tt.caller, "kms:Decrypt", mustParse(t, document(tt.key...), KeyPolicy)))
			if d.Allowed != tt.want {
				t.Errorf("allowed %v: %s", d.Allowed, d.Reason())
			}
		})
	}
}

// Nothing is looked up that no condition asks for, and grants come last.
func TestDecideAsksOnlyWhatItNeeds(t *testing.T) {
	t.Parallel()
	key := mustParse(t, document(
		`{"Effect":"Deny","Principal":{"AWS":"`+userBob+`"},"Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"true"}}}`,
		`{"Effect":"Allow","Principal":{"AWS":"`+userAlice+`"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`,
	), KeyPolicy)
	q := question(t, userAlice, "kms:Decrypt", key)
	q.Lookup = func(key string) ([]string, bool) { t.Errorf("asked for %s", key); return nil, false }
	q.Grant = func() (bool, string) { t.Error("asked for a grant"); return false, "" }
	if d := Decide(q); !d.Allowed {
		t.Error(d.Reason())
	}
}

func TestReasonTellsWhatIsUnknownOrAbsent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("v\n", 4000)
	tests := []struct{ condition, want string }{
		{`{"StringEquals":{"kms:Foo":"x"}}`, "kms:Foo is not a condition key that is known"},
		{`{"StringEquals":{"kms:EncryptionContext:":"x"}}`, "kms:EncryptionContext: is not a condition key that is known"},
		{`{"StringEquals":{"kms:MacAlgorithm":"x"}}`, "kms:MacAlgorithm is not in a request for kms:Decrypt"},
		{`{"StringEquals":{"KMS:viaService":"x"}}`, "KMS:viaService is absent from the request"},
		{`{"StringEquals":{"kms:EncryptionContext:a:b/c":"x"}}`, "kms:EncryptionContext:a:b/c is absent from the request"},
		{`{"StringEquals":{"aws:PrincipalTag/team":"x"}}`, "aws:PrincipalTag/team is absent from the request"},
		{`{"StringEquals":{"kms:KeySpec":"RSA_2048"}}`, `asks StringEquals of kms:KeySpec, and kms:KeySpec is "SYMMETRIC_DEFAULT"`},
		{`{"ForAllValues:StringEquals":{"kms:ResourceAliases":"x"}}`, `kms:ResourceAliases is "alias/1", "alias/2", "alias/3" and 1 more`},
		{`{"StringEquals":{"kms:GrantOperations":"x"}}`, "kms:GrantOperations is not in a request for kms:Decrypt"},
		{`{"StringEquals":{"kms:ResourceAliases":"x"}}`, "and 1 more (a key of several values takes ForAnyValue or ForAllValues)"},
		{`{"StringEquals":{"aws:PrincipalTag/":"x"}}`, "aws:PrincipalTag/ is not a condition key that is known"},
		{`{"StringEquals":{"aws:Other/team":"x"}}`, "aws:Other/team is not a condition key that is known"},
		{`{"StringEquals":{"kms:EncryptionContext:long":"x"}}`, "kms:EncryptionContext:long is \"v v"},
	}
	lookup := keys("kms:KeySpec", "SYMMETRIC_DEFAULT", "kms:EncryptionContext:long", long,
		"kms:ResourceAliases", "alias/1", "kms:ResourceAliases", "alias/2", "kms:ResourceAliases", "alias/3", "kms:ResourceAliases", "alias/4")
	for _, tt := range tests {
		q := question(t, userAlice, "kms:Decrypt", mustParse(t, document(
			`{"Sid":"mine","Effect":"Allow","Principal":{"AWS":"`+userAlice+`"},"Action":"kms:*","Resource":"*","Condition":`+tt.condition+`}`), KeyPolicy))
		q.Lookup = lookup
		d := Decide(q)
		if r := d.Reason(); d.Allowed || !strings.Contains(r, tt.want) || len(r) > 600 || strings.Contains(r, "\n") {
			t.Errorf("%s: %s", tt.condition, r)
		}
	}
	q := question(t, userAlice, "kms:Decrypt", mustParse(t, document(
		`{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}`), KeyPolicy))
	if r := Decide(q).Reason(); r != "statement 1 of the key policy denies it: aws:SourceVpce is absent from the request" {
		t.Error(r)
	}
	var many []string
	for range 9 {
		many = append(many, `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}}`)
	}
	if r := Decide(question(t, userAlice, "kms:Decrypt", mustParse(t, document(many...), KeyPolicy))).Reason(); !strings.HasSuffix(r, "; and 6 more") {
		t.Error(r)
	}
}

func TestConditionKeysHaveDistinctNamesAndActions(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, k := range ConditionKeys() {
		name := strings.ToLower(k.Name)
		if seen[name] || !strings.HasPrefix(name, "kms:") && !strings.HasPrefix(name, "aws:") {
			t.Errorf("%s is there twice or has no vendor", k.Name)
		}
		seen[name] = true
		actions := make(map[string]bool)
		for _, a := range k.Actions {
			if actions[a] {
				t.Errorf("%s has %s twice", k.Name, a)
			}
			actions[a] = true
		}
	}
	ConditionKeys()[0].Actions[0] = "changed"
	if ConditionKeys()[0].Actions[0] == "changed" {
		t.Error("the table can be changed from outside")
	}
}

func TestLocksOut(t *testing.T) {
	t.Parallel()
	statement := func(effect, principal, action, condition string) string {
		return fmt.Sprintf(`{"Effect":%q,"Principal":{"AWS":%q},"Action":%q,"Resource":"*"%s}`, effect, principal, action, condition)
	}
	tests := []struct {
		name, caller string
		key          []string
		want         bool
	}{
		{"default policy", userAlice, []string{statement("Allow", rootA, "kms:*", "")}, false},
		{"default policy, session", sessionApp, []string{statement("Allow", accountA, "kms:*", "")}, false},
		{"default policy, root", rootA, []string{statement("Allow", rootA, "kms:*", "")}, false},
		{"names the caller", userAlice, []string{statement("Allow", userAlice, "kms:Put*", "")}, false},
		{"names the caller's role", sessionApp, []string{statement("Allow", roleApp, "kms:PutKeyPolicy", "")}, false},
		{"names somebody else", userAlice, []string{statement("Allow", roleApp, "kms:*", "")}, true},
		{"names another account", userAlice, []string{statement("Allow", rootB, "kms:*", "")}, true},
		{"another action", userAlice, []string{statement("Allow", userAlice, "kms:Get*", "")}, true},
		{"everyone", userAlice, []string{statement("Allow", "*", "kms:*", "")}, false},
		{"denied", userAlice, []string{statement("Allow", rootA, "kms:*", ""), statement("Deny", userAlice, "kms:Put*", "")}, true},
		{"somebody else denied", userAlice, []string{statement("Allow", rootA, "kms:*", ""), statement("Deny", roleApp, "kms:Put*", "")}, false},
		{"condition that holds", userAlice, []string{statement("Allow", rootA, "kms:*", `,"Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}`)}, false},
		{"condition that does not hold", userAlice, []string{statement("Allow", rootA, "kms:*", `,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-west-2.amazonaws.com"}}`)}, true},
		{"caller of another account", userBob, []string{statement("Allow", "*", "kms:*", "")}, true},
		{"root is not the user named", rootA, []string{statement("Allow", userAlice, "kms:*", "")}, true},
		{"without Resource", userAlice, []string{`{"Effect":"Allow","Principal":"*","Action":"kms:*"}`}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &Request{Principal: principal(t, tt.caller), Action: "kms:CreateKey", Resource: keyARN, Lookup: keys("kms:CallerAccount", accountA)}
			if got := LocksOut(mustParse(t, document(tt.key...), KeyPolicy), r); got != tt.want {
				t.Errorf("got %v", got)
			}
			if r.Action != "kms:CreateKey" {
				t.Error("the request was changed")
			}
		})
	}
}
