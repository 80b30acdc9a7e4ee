package iam

import (
	"fmt"
	"testing"
)

var sink Decision

func BenchmarkDecideAdministrator(b *testing.B) {
	q := question(b, userAlice, "kms:Decrypt", mustParse(b, DefaultKeyPolicy("aws", accountA), KeyPolicy), mustParse(b, adminPolicy, IdentityPolicy))
	b.ReportAllocs()
	for b.Loop() {
		sink = Decide(q)
	}
	if !sink.Allowed {
		b.Fatal(sink.Reason())
	}
}

// BenchmarkDecideFresh has the question on the stack and closures in it, as a
// service that asks has.
func BenchmarkDecideFresh(b *testing.B) {
	key, identity := mustParse(b, DefaultKeyPolicy("aws", accountA), KeyPolicy), []*Policy{mustParse(b, adminPolicy, IdentityPolicy)}
	alice := principal(b, userAlice)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		q := Question{
			Request: Request{Principal: alice, Action: "kms:Decrypt", Resource: keyARN,
				Lookup: func(string) ([]string, bool) { return nil, n < 0 }},
			KeyPolicy: key, KeyAccount: accountA, Identity: identity,
			Grant: func() (bool, string) { return n < 0, "" },
		}
		if !Decide(&q).Allowed {
			b.Fatal("denied")
		}
	}
}

func fiftyStatements(last string) string {
	var list []string
	for i := range 49 {
		effect := []string{"Allow", "Deny"}[i%2]
		list = append(list, fmt.Sprintf(`{"Effect":%q,"Principal":{"AWS":"111122223333"},"Action":["kms:Encrypt","kms:De*"],"Resource":"*",
			"Condition":{"StringLike":{"kms:EncryptionContext:tenant":"*-%d-*"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/%d/*"}}}`, effect, i, i))
	}
	return document(append(list, last)...)
}

func BenchmarkDecideFiftyStatements(b *testing.B) {
	lookup := keys("kms:EncryptionContext:tenant", "tenant-1234567-eu")
	for _, c := range []struct{ name, last string }{
		{"allowed", `{"Effect":"Allow","Principal":{"AWS":"` + userAlice + `"},"Action":"kms:*","Resource":"*"}`},
		{"denied", `{"Effect":"Allow","Principal":{"AWS":"` + userBob + `"},"Action":"kms:*","Resource":"*"}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			q := question(b, userAlice, "kms:Decrypt", mustParse(b, fiftyStatements(c.last), KeyPolicy))
			q.Lookup = lookup
			b.ReportAllocs()
			for b.Loop() {
				sink = Decide(q)
			}
			if sink.Allowed != (c.name == "allowed") {
				b.Fatal(sink.Reason())
			}
		})
	}
}

func BenchmarkParseDefaultKeyPolicy(b *testing.B) {
	text := DefaultKeyPolicy("aws", accountA)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text, KeyPolicy); err != nil {
			b.Fatal(err)
		}
	}
}
