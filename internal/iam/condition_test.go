package iam

import (
	"fmt"
	"strings"
	"testing"
)

// conditionHolds asks a condition of a request with the given values of k:k.
func conditionHolds(t *testing.T, operator, policyValues string, request []string) bool {
	t.Helper()
	p := mustParse(t, keyStatement(fmt.Sprintf(
		`"Principal":"*","Action":"kms:*","Resource":"*","Condition":{%q:{"K:k":%s}}`, operator, policyValues)), KeyPolicy)
	q := question(t, userAlice, "kms:Decrypt", p)
	q.Lookup = func(key string) ([]string, bool) {
		if key != "k:k" {
			return nil, false
		}
		return request, request != nil
	}
	return Decide(q).Allowed
}

func TestConditionOperators(t *testing.T) {
	t.Parallel()
	const arnApp = "arn:aws:iam::111122223333:role/path/App"
	tests := []struct {
		operator, policy, request string
		want                      bool
	}{
		{"StringEquals", `"a"`, "a", true},
		{"StringEquals", `"a"`, "A", false},
		{"StringEquals", `["a","b"]`, "b", true},
		{"StringEquals", `"a*"`, "ab", false},
		{"StringEquals", `"a*"`, "a*", true},
		{"StringEquals", `""`, "", true},
		{"StringEquals", `[]`, "a", false},
		{"StringEquals", `7`, "7", true},
		{"StringEquals", `true`, "true", true},
		{"stringequals", `"a"`, "a", true},
		{"StringNotEquals", `"a"`, "b", true},
		{"StringNotEquals", `["a","b"]`, "b", false},
		{"StringEqualsIgnoreCase", `"aBc"`, "AbC", true},
		{"StringEqualsIgnoreCase", `"aBc"`, "AbCd", false},
		{"StringNotEqualsIgnoreCase", `"aBc"`, "AbC", false},
		{"StringLike", `"RSA*"`, "RSA_2048", true},
		{"StringLike", `"*.us-west-?.amazonaws.com"`, "s3.us-west-2.amazonaws.com", true},
		{"StringLike", `"*.us-west-?.amazonaws.com"`, "s3.us-west-22.amazonaws.com", false},
		{"StringLike", `"rsa*"`, "RSA_2048", false},
		{"StringNotLike", `"RSA*"`, "ECC_NIST_P256", true},
		{"StringNotLike", `"RSA*"`, "RSA_4096", false},

		{"NumericEquals", `"7"`, "7.0", true},
		{"NumericEquals", `7`, "8", false},
		{"NumericNotEquals", `7`, "8", true},
		{"NumericNotEquals", `7`, "7", false},
		{"NumericLessThan", `30`, "29", true},
		{"NumericLessThan", `30`, "30", false},
		{"NumericLessThan", `30`, "4", true}, // as numbers, not as texts
		{"NumericLessThanEquals", `"1546257599.0"`, "1546257599", true},
		{"NumericLessThanEquals", `"1546257599.0"`, "1546257600", false},
		{"NumericGreaterThan", `30`, "31", true},
		{"NumericGreaterThan", `30`, "30", false},
		{"NumericGreaterThanEquals", `30`, "30", true},
		{"NumericEquals", `"x"`, "x", false},
		{"NumericEquals", `"NaN"`, "NaN", false},
		{"NumericLessThan", `"Inf"`, "1", false},

		{"DateEquals", `"2026-01-02T03:04:05Z"`, "2026-01-02T05:04:05+02:00", true},
		{"DateEquals", `"2026-01-02"`, "2026-01-02T00:00:00Z", true},
		{"DateEquals", `"1767322245"`, "2026-01-02T02:50:45Z", true},
		{"DateNotEquals", `"2026-01-02"`, "2026-01-03", true},
		{"DateLessThan", `"2026-01-02T00:00:00Z"`, "2026-01-01T23:59:59.999Z", true},
		{"DateLessThan", `"2026-01-02T00:00:00Z"`, "2026-01-02T00:00:00Z", false},
		{"DateLessThanEquals", `"2026-01-02T00:00:00Z"`, "2026-01-02T00:00:00Z", true},
		{"DateGreaterThan", `"2026-01-02T00:00:00Z"`, "2026-01-02T00:00:00.001Z", true},
		{"DateGreaterThanEquals", `"2026-01-02T00:00:00Z"`, "2026-01-01", false},
		{"DateEquals", `"tomorrow"`, "tomorrow", false},
		{"DateGreaterThan", `"2020-01-01"`, "1e300", false},

		{"Bool", `"true"`, "true", true},
		{"Bool", `true`, "True", true},
		{"Bool", `"false"`, "true", false},
		{"Bool", `"false"`, "false", true},
		{"Bool", `"yes"`, "yes", false},

		{"BinaryEquals", `"QmluYXJ5VmFsdWVJbkJhc2U2NA=="`, "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true},
		{"BinaryEquals", `"QmluYXJ5"`, "QmluYXJ6", false},
		{"BinaryEquals", `"!"`, "!", false},

		{"IpAddress", `"203.0.113.0/24"`, "203.0.113.9", true},
		{"IpAddress", `"203.0.113.0/24"`, "203.0.114.9", false},
		{"IpAddress", `"203.0.113.7"`, "203.0.113.7", true},
		{"IpAddress", `"203.0.113.0/24"`, "::ffff:203.0.113.9", true},
		{"IpAddress", `"2001:DB8:1234:5678::/64"`, "2001:db8:1234:5678::1", true},
		{"IpAddress", `"0.0.0.0/0"`, "not an address", false},
		{"IpAddress", `"somewhere"`, "203.0.113.9", false},
		{"NotIpAddress", `"203.0.113.0/24"`, "198.51.100.1", true},
		{"NotIpAddress", `"203.0.113.0/24"`, "203.0.113.9", false},

		{"ArnEquals", `"` + arnApp + `"`, arnApp, true},
		{"ArnEquals", `"arn:aws:iam::*:role/*"`, arnApp, true},
		{"ArnLike", `"arn:aws:iam::*:role/*"`, arnApp, true},
		{"ArnLike", `"arn:aws:iam::111122223333:role/path/???"`, arnApp, true},
		{"ArnLike", `"arn:*:role/*"`, arnApp, false}, // a component does not reach beyond a colon
		{"StringLike", `"arn:*:role/*"`, arnApp, true},
		{"ArnLike", `"arn:aws:iam::*"`, arnApp, false},
		{"ArnLike", `"arn:aws"`, "arn:aws::::", false},
		{"ArnLike", `"*"`, arnApp, true},
		{"ArnLike", `"*"`, "no ARN", false},
		{"ArnLike", `"arn:aws:logs:*:*:*"`, "arn:aws:logs:us-east-1:111122223333:log-group:a:*", true},
		{"ArnNotLike", `"arn:aws:iam::*:role/*"`, arnApp, false},
		{"ArnNotEquals", `"arn:aws:iam::*:user/*"`, arnApp, true},
	}
	for _, tt := range tests {
		if got := conditionHolds(t, tt.operator, tt.policy, []string{tt.request}); got != tt.want {
			t.Errorf("%s %s of %q: got %v", tt.operator, tt.policy, tt.request, got)
		}
		if got := conditionHolds(t, tt.operator+"IfExists", tt.policy, []string{tt.request}); got != tt.want {
			t.Errorf("%sIfExists %s of %q: got %v", tt.operator, tt.policy, tt.request, got)
		}
	}
}

func TestConditionOnAbsentAndManyValues(t *testing.T) {
	t.Parallel()
	type values = []string
	tests := []struct {
		operator, policy string
		request          values
		want             bool
	}{
		{"StringEquals", `"a"`, nil, false},
		{"StringEquals", `"a"`, values{}, false},
		{"StringNotEquals", `"a"`, nil, true},
		{"StringEqualsIfExists", `"a"`, nil, true},
		{"StringNotEqualsIfExists", `"a"`, nil, true},
		{"StringLike", `"*"`, nil, false},
		{"NumericLessThan", `1`, nil, false},
		{"NumericNotEquals", `1`, nil, true},
		{"Bool", `false`, nil, false},
		{"BoolIfExists", `true`, nil, true},
		{"NotIpAddress", `"0.0.0.0/0"`, nil, true},
		{"ArnNotLike", `"*"`, nil, true},

		{"Null", `"true"`, nil, true},
		{"Null", `true`, values{}, true},
		{"Null", `"true"`, values{"a"}, false},
		{"Null", `"false"`, values{""}, true},
		{"Null", `"false"`, nil, false},
		{"Null", `"maybe"`, nil, false},

		{"ForAllValues:StringEquals", `["a","b"]`, values{"a", "b"}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, values{"a"}, true},
		{"ForAllValues:StringEquals", `["a","b"]`, values{"a", "c"}, false},
		{"ForAllValues:StringEquals", `["a","b"]`, nil, true},
		{"ForAllValues:StringNotEquals", `["a","b"]`, values{"c", "d"}, true},
		{"ForAllValues:StringNotEquals", `["a","b"]`, values{"c", "a"}, false},
		{"ForAnyValue:StringEquals", `["a","b"]`, values{"c", "b"}, true},
		{"ForAnyValue:StringEquals", `["a","b"]`, values{"c"}, false},
		{"ForAnyValue:StringEquals", `["a","b"]`, nil, false},
		{"ForAnyValue:StringNotEquals", `["a","b"]`, values{"a", "c"}, true},
		{"ForAnyValue:StringNotEquals", `["a","b"]`, values{"a", "b"}, false},
		{"ForAnyValue:StringNotEquals", `["a","b"]`, nil, false},
		{"ForAnyValue:StringEqualsIfExists", `["a","b"]`, nil, true},
		{"ForAllValues:StringLike", `"x*"`, values{"x1", "x2"}, true},
		{"ForAnyValue:ArnLike", `"arn:aws:iam::*:role/*"`, values{"no", "arn:aws:iam::1:role/x"}, true},

		{"StringEquals", `"a"`, values{"b", "a"}, true},
		{"StringNotEquals", `"a"`, values{"b", "a"}, false},
	}
	for _, tt := range tests {
		if got := conditionHolds(t, tt.operator, tt.policy, tt.request); got != tt.want {
			t.Errorf("%s %s of %q: got %v", tt.operator, tt.policy, tt.request, got)
		}
	}
}

// Every operator and every key must hold.
func TestConditionsAreJoinedByAnd(t *testing.T) {
	t.Parallel()
	p := mustParse(t, keyStatement(`"Principal":"*","Action":"kms:*","Resource":"*","Condition":{
		"StringEquals":{"kms:CallerAccount":"111122223333","kms:ViaService":"s3.us-west-2.amazonaws.com"},
		"Bool":{"kms:GrantIsForAWSResource":true}}`), KeyPolicy)
	all := []string{"kms:CallerAccount", "111122223333", "kms:ViaService", "s3.us-west-2.amazonaws.com", "kms:GrantIsForAWSResource", "true"}
	for without := -1; without < 3; without++ {
		var pairs []string
		for i := range 3 {
			if i != without {
				pairs = append(pairs, all[2*i], all[2*i+1])
			}
		}
		q := question(t, userAlice, "kms:CreateGrant", p)
		q.Lookup = keys(pairs...)
		if got := Decide(q).Allowed; got != (without < 0) {
			t.Errorf("without pair %d: %v", without, got)
		}
	}
}

func TestPolicyVariables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, version, operator, policy string
		request                         string
		want                            bool
	}{
		{"user name", latestVersion, "StringEquals", "${aws:username}", "Alice", true},
		{"in any case", latestVersion, "StringEquals", "${AWS:UserName}", "Alice", true},
		{"another", latestVersion, "StringEquals", "${aws:username}", "Bob", false},
		{"with text around", latestVersion, "StringLike", "home/${aws:username}/*", "home/Alice/a", true},
		{"tag", latestVersion, "StringEquals", "${aws:PrincipalTag/Team}", "blue*", true},
		{"a value's asterisk is literal", latestVersion, "StringLike", "${aws:PrincipalTag/Team}", "bluebell", false},
		{"unresolved", latestVersion, "StringLike", "${aws:SourceVpc}*", "", false},
		{"fallback", latestVersion, "StringEquals", "${aws:PrincipalTag/none, 'company'}", "company", true},
		{"fallback with a brace", latestVersion, "StringEquals", "x${aws:PrincipalTag/none,'a}b'}y", "xa}by", true},
		{"no fallback if there is a value", latestVersion, "StringEquals", "${aws:username, 'company'}", "company", false},
		{"literal asterisk", latestVersion, "StringLike", "a${*}", "a*", true},
		{"literal asterisk matches itself only", latestVersion, "StringLike", "a${*}", "ab", false},
		{"literal question mark", latestVersion, "StringLike", "a${?}", "ab", false},
		{"literal dollar", latestVersion, "StringEquals", "${$}{x}", "${x}", true},
		{"not closed", latestVersion, "StringEquals", "${aws:username", "${aws:username", true},
		{"lone dollar", latestVersion, "StringEquals", "a$b", "a$b", true},
		{"unquoted fallback", latestVersion, "StringEquals", "${aws:username, x}", "${aws:username, x}", true},
		{"older version", firstVersion, "StringEquals", "${aws:username}", "Alice", false},
		{"several values", latestVersion, "StringEquals", "${k:two}", "one", false},
		{"older version, literal", firstVersion, "StringEquals", "${aws:username}", "${aws:username}", true},
		{"ignoring case", latestVersion, "StringEqualsIgnoreCase", "${aws:username}", "ALICE", true},
		{"ARN", latestVersion, "ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}", userAlice, true},
		{"ARN whole", latestVersion, "ArnEquals", "${aws:PrincipalArn}", userAlice, true},
		{"ARN unresolved", latestVersion, "ArnLike", "arn:aws:iam::${aws:SourceAccount}:user/*", userAlice, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := mustParse(t, fmt.Sprintf(`{"Version":%q,"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{%q:{"k:k":%q}}}}`,
				tt.version, tt.operator, tt.policy), KeyPolicy)
			alice, err := ParsePrincipal(userAlice, map[string]string{"team": "blue*"})
			if err != nil {
				t.Fatal(err)
			}
			q := question(t, userAlice, "kms:Decrypt", p)
			q.Principal, q.Lookup = alice, keys("k:k", tt.request, "k:two", "one", "k:two", "two")
			if d := Decide(q); d.Allowed != tt.want {
				t.Errorf("allowed %v: %s", d.Allowed, d.Reason())
			}
		})
	}

	unversioned := mustParse(t, `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"k:k":"${aws:username}"}}}}`, KeyPolicy)
	for request, want := range map[string]bool{"Alice": false, "${aws:username}": true} {
		q := question(t, userAlice, "kms:Decrypt", unversioned)
		q.Lookup = keys("k:k", request)
		if d := Decide(q); d.Allowed != want {
			t.Errorf("without Version, %q: %v", request, d.Allowed)
		}
	}

	identity := mustParse(t, document(`{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:*:${aws:PrincipalAccount}:key/*"}`), IdentityPolicy)
	q := question(t, userAlice, "kms:Decrypt", mustParse(t, DefaultKeyPolicy("aws", accountA), KeyPolicy), identity)
	if d := Decide(q); !d.Allowed {
		t.Error(d.Reason())
	}
	q.Resource = strings.Replace(keyARN, accountA, accountB, 1)
	if d := Decide(q); d.Allowed {
		t.Error(d.Reason())
	}
}
