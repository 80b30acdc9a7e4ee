package iam

import (
	"slices"
	"testing"
)

func TestParsePrincipal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text          string
		kind          PrincipalType
		account, name string
		arn           string // if another than the text
	}{
		{userAlice, User, accountA, "Alice", ""},
		{"arn:aws:iam::111122223333:user/a/b/Alice", User, accountA, "Alice", ""},
		{roleApp, Role, accountA, "App", ""},
		{sessionApp, AssumedRole, accountA, "App", ""},
		{"arn:aws:sts::111122223333:federated-user/Bob", FederatedUser, accountA, "Bob", ""},
		{rootA, Root, accountA, "", ""},
		{accountA, Root, accountA, "", rootA},
		{"arn:aws-cn:iam::111122223333:root", Root, accountA, "", ""},
		{serviceS3, Service, "", serviceS3, ""},
		{"logs.us-east-1.amazonaws.com", Service, "", "logs.us-east-1.amazonaws.com", ""},
	}
	for _, tt := range tests {
		p, err := ParsePrincipal(tt.text, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if tt.arn == "" {
			tt.arn = tt.text
		}
		if p.ARN() != tt.arn || p.Type() != tt.kind || p.Account() != tt.account || p.Name() != tt.name {
			t.Errorf("%s: %q %v %q %q", tt.text, p.ARN(), p.Type(), p.Account(), p.Name())
		}
	}
	for _, text := range []string{
		"", "*", "Alice", "arn:aws:iam::111122223333:group/G", "arn:aws:iam::111122223333:user/*", "arn:aws:kms:us-east-1:111122223333:key/a",
		"arn:aws:iam::1:root", "arn:aws:iam::111122223333:root/x", "arn:nowhere:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/App/a/b",
		"arn:aws:iam::111122223333:user//Alice", "arn:aws:iam::111122223333:role/a b/App", ".amazonaws.com", "a..amazonaws.com", "S3.amazonaws.com",
	} {
		if p, err := ParsePrincipal(text, nil); err == nil {
			t.Errorf("%q: %v", text, p)
		}
	}
}

func TestPrincipalConditionKeys(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"CostCenter": "42"}
	parse := func(text string) *Principal {
		p, err := ParsePrincipal(text, tags)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	assumed, err := parse(roleApp).Assume("i-1")
	if err != nil {
		t.Fatal(err)
	}
	if assumed.ARN() != sessionApp || assumed.Type() != AssumedRole {
		t.Errorf("%s %v", assumed.ARN(), assumed.Type())
	}
	const absent = "\x00"
	tests := []struct {
		p         *Principal
		key, want string
	}{
		{parse(userAlice), "aws:principalarn", userAlice},
		{parse(userAlice), "aws:principaltype", "User"},
		{parse(userAlice), "aws:username", "Alice"},
		{parse(userAlice), "aws:principalaccount", accountA},
		{parse(userAlice), "aws:principaltag/costcenter", "42"},
		{parse(userAlice), "aws:principalisawsservice", "false"},
		{parse(userAlice), "aws:principalservicename", absent},
		{parse(sessionApp), "aws:principalarn", "arn:aws:iam::111122223333:role/App"},
		{parse(sessionApp), "aws:principaltype", "AssumedRole"},
		{parse(sessionApp), "aws:username", absent},
		{assumed, "aws:principalarn", roleApp},
		{assumed, "aws:principaltag/costcenter", "42"},
		{parse(rootA), "aws:principaltype", "Account"},
		{parse(rootA), "aws:username", absent},
		{parse(serviceS3), "aws:principalisawsservice", "true"},
		{parse(serviceS3), "aws:principalservicename", serviceS3},
		{parse(serviceS3), "aws:principalaccount", absent},
	}
	tags["CostCenter"] = "changed"
	for _, tt := range tests {
		r := &Request{Principal: tt.p}
		want := []string{tt.want}
		if tt.want == absent {
			want = nil
		}
		if got, ok := r.values(tt.key); ok != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s of %s: %q", tt.key, tt.p.ARN(), got)
		}
	}
	if _, err := ParsePrincipal(userAlice, map[string]string{"team": "a", "Team": "b"}); err == nil {
		t.Error("two tags of one key were taken")
	}
	if _, err := parse(userAlice).Assume("i-1"); err == nil {
		t.Error("a user was assumed")
	}
	if _, err := parse(roleApp).Assume("i/1"); err == nil {
		t.Error("a session was named i/1")
	}
}
