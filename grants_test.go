package kmsfake_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

const unknownGrant = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// grant makes a grant to the role of these tests.
func grant(t testing.TB, f *kmsfake.Fake, keyID string, operations ...types.GrantOperation) *kms.CreateGrantOutput {
	t.Helper()
	return got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &keyID, GranteePrincipal: aws.String(appRole), Operations: operations})).ok(t)
}

func listGrants(t testing.TB, f *kmsfake.Fake, in *kms.ListGrantsInput) []types.GrantListEntry {
	t.Helper()
	list := []types.GrantListEntry{}
	for pages := kms.NewListGrantsPaginator(f, in); pages.HasMorePages(); {
		list = append(list, got(pages.NextPage(t.Context())).ok(t).Grants...)
	}
	return list
}

func grantIDs(list []types.GrantListEntry) []string {
	ids := []string{}
	for _, g := range list {
		ids = append(ids, *g.GrantId)
	}
	return ids
}

func TestListGrantsShowsAll(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	retiring := "arn:aws:iam::" + otherAccount + ":role/retires"
	full := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &key, GranteePrincipal: aws.String(appRole), RetiringPrincipal: &retiring, Name: aws.String("mine"),
		Operations:  []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDescribeKey, types.GrantOperationDecrypt, types.GrantOperationEncrypt},
		Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}},
	})).ok(t)
	service := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &key, GranteeServicePrincipal: aws.String("s3.amazonaws.com"), RetiringServicePrincipal: aws.String("s3.amazonaws.com"),
		Operations: []types.GrantOperation{types.GrantOperationDecrypt}, Constraints: &types.GrantConstraints{SourceArn: aws.String("arn:aws:sqs:us-east-1:111122223333:queue")},
	})).ok(t)
	issuer, arn := "arn:aws:iam::"+account+":root", keyARN(f, key)
	want := []types.GrantListEntry{
		{
			GrantId: full.GrantId, KeyId: &arn, IssuingAccount: &issuer, CreationDate: &startMS, Name: aws.String("mine"),
			GranteePrincipal: aws.String(appRole), RetiringPrincipal: &retiring,
			// in the order of AWS's answers, each once
			Operations:  []types.GrantOperation{types.GrantOperationDecrypt, types.GrantOperationEncrypt, types.GrantOperationDescribeKey},
			Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}},
		},
		{
			GrantId: service.GrantId, KeyId: &arn, IssuingAccount: &issuer, CreationDate: &startMS, Name: aws.String(""), // as the developer guide shows it
			GranteeServicePrincipal: aws.String("s3.amazonaws.com"), RetiringServicePrincipal: aws.String("s3.amazonaws.com"),
			Operations: []types.GrantOperation{types.GrantOperationDecrypt}, Constraints: &types.GrantConstraints{SourceArn: aws.String("arn:aws:sqs:us-east-1:111122223333:queue")},
		},
	}
	slices.SortFunc(want, func(a, b types.GrantListEntry) int { return strings.Compare(*a.GrantId, *b.GrantId) })
	equal(t, "grants", listGrants(t, f, &kms.ListGrantsInput{KeyId: &key}), want)
	if len(*full.GrantId) != 64 || strings.Trim(*full.GrantId, "0123456789abcdef") != "" {
		t.Errorf("grant id %s", *full.GrantId)
	}
	equal(t, "none", got(f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: aws.String(newKey(t, f))})).ok(t), &kms.ListGrantsOutput{Grants: []types.GrantListEntry{}})

	got(f.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringPrincipal: &retiring})).failsWith(t, "AccessDeniedException")
	theirs := f.InAccount(otherAccount)
	list := got(theirs.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringPrincipal: &retiring})).ok(t).Grants
	equal(t, "what the other account can retire", grantIDs(list), []string{*full.GrantId})
	got(f.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringServicePrincipal: aws.String("s3.amazonaws.com")})).failsWith(t, "ValidationException")
	list = got(f.As("s3.amazonaws.com").ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringServicePrincipal: aws.String("s3.amazonaws.com")})).ok(t).Grants
	equal(t, "what the service can retire", grantIDs(list), []string{*service.GrantId})
}

// Pages and filters show every grant once, by grant id.
func TestListGrantsInPages(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	byGrantee := map[string][]string{}
	for i := range 130 {
		to := fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, i%2)
		g := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: &to, RetiringPrincipal: aws.String(appRole), Operations: []types.GrantOperation{types.GrantOperationDecrypt}})).ok(t)
		byGrantee[to] = append(byGrantee[to], *g.GrantId)
	}
	all := slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Values(byGrantee))...)))
	for _, limit := range []*int32{nil, aws.Int32(1), aws.Int32(65), aws.Int32(100)} {
		equal(t, "all", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key, Limit: limit})), all)
		for to, ids := range byGrantee {
			equal(t, "of "+to, grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key, Limit: limit, GranteePrincipal: &to})), slices.Sorted(slices.Values(ids)))
		}
		var retirable []string
		for pages := kms.NewListRetirableGrantsPaginator(f, &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole), Limit: limit}); pages.HasMorePages(); {
			retirable = append(retirable, grantIDs(got(pages.NextPage(t.Context())).ok(t).Grants)...)
		}
		equal(t, "retirable", retirable, all)
	}
	equal(t, "one", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key, GrantId: &all[7]})), all[7:8])
	equal(t, "an unknown one", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key, GrantId: aws.String(unknownGrant)})), []string{})
	got(f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key, GrantId: aws.String("x")})).failsWith(t, "InvalidGrantIdException")
	first := got(f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key})).ok(t)
	if len(first.Grants) != 50 {
		t.Errorf("%d grants to a page by default", len(first.Grants))
	}
	got(f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: aws.String(newKey(t, f)), Marker: first.NextMarker})).failsWith(t, "InvalidMarkerException")
	got(f.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &key, GranteePrincipal: aws.String(appRole), Marker: first.NextMarker})).failsWith(t, "InvalidMarkerException")
}

// Whatever differs from the request makes another grant, and a grant without a
// name is always another.
func TestNamedGrantsAreMadeOnce(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	in := func() *kms.CreateGrantInput {
		return &kms.CreateGrantInput{
			KeyId: &key, GranteePrincipal: aws.String(appRole), Name: aws.String("mine"), Operations: []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
			Constraints: &types.GrantConstraints{EncryptionContextEquals: map[string]string{"a": "b"}},
		}
	}
	first := got(f.CreateGrant(t.Context(), in())).ok(t)
	f.Advance(time.Hour)
	same := in()
	slices.Reverse(same.Operations)
	second := got(f.CreateGrant(t.Context(), same)).ok(t)
	if *first.GrantId != *second.GrantId || *first.GrantToken == *second.GrantToken {
		t.Errorf("a retry answered %v after %v", second, first)
	}
	ids := map[string]bool{*first.GrantId: true}
	for _, change := range []func(*kms.CreateGrantInput){
		func(in *kms.CreateGrantInput) { in.Name = nil },
		func(in *kms.CreateGrantInput) { in.Name = nil },
		func(in *kms.CreateGrantInput) { in.Name = aws.String("other") },
		func(in *kms.CreateGrantInput) { in.GranteePrincipal = aws.String(otherUser) },
		func(in *kms.CreateGrantInput) { in.RetiringPrincipal = aws.String(otherUser) },
		func(in *kms.CreateGrantInput) { in.Operations = in.Operations[:1] },
		func(in *kms.CreateGrantInput) { in.Constraints.EncryptionContextEquals["a"] = "B" },
		func(in *kms.CreateGrantInput) {
			in.Constraints = &types.GrantConstraints{EncryptionContextSubset: in.Constraints.EncryptionContextEquals}
		},
	} {
		input := in()
		change(input)
		id := *got(f.CreateGrant(t.Context(), input)).ok(t).GrantId
		if ids[id] {
			t.Errorf("%+v made no grant of its own", input)
		}
		ids[id] = true
	}
	// Both tokens are good for the one grant, and its name is free when it is over.
	got(f.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: second.GrantToken})).ok(t)
	got(f.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: first.GrantToken})).failsWith(t, "NotFoundException")
	if third := got(f.CreateGrant(t.Context(), in())).ok(t); *third.GrantId == *first.GrantId {
		t.Error("a retired grant came back")
	}
}

// fits says which operations a grant on a key can have, as the guide's table of
// grant operations does.
var fits = map[string][]kms.CreateKeyInput{
	"Decrypt Encrypt ReEncryptFrom ReEncryptTo":                                                               {symmetricKey, {KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}},
	"GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext": {symmetricKey},
	"Sign Verify":                         {signingKey},
	"GenerateMac VerifyMac":               {macKey},
	"DeriveSharedSecret":                  {agreementKey},
	"Encapsulate Decapsulate":             {encapsulation},
	"GetPublicKey":                        {signingKey, agreementKey, encapsulation, {KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}},
	"CreateGrant DescribeKey RetireGrant": {symmetricKey, signingKey, agreementKey, macKey, encapsulation, {KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}},
}

func TestGrantOperationsFitTheKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, like := range []kms.CreateKeyInput{symmetricKey, signingKey, agreementKey, macKey, encapsulation, {KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}} {
		key := newKeyLike(t, f, &like)
		seen := 0
		for names, keys := range fits {
			for _, operation := range strings.Fields(names) {
				seen++
				r := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(appRole), Operations: []types.GrantOperation{types.GrantOperation(operation)}}))
				if slices.ContainsFunc(keys, func(k kms.CreateKeyInput) bool { return k.KeySpec == like.KeySpec && k.KeyUsage == like.KeyUsage }) {
					r.ok(t)
				} else {
					r.failsWith(t, "ValidationException")
				}
			}
		}
		if want := len(types.GrantOperation("").Values()); seen != want {
			t.Errorf("the table has %d operations, the SDK %d", seen, want)
		}
		r := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
			KeyId: &key, GranteePrincipal: aws.String(appRole), Operations: []types.GrantOperation{types.GrantOperationDescribeKey},
			Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}},
		}))
		if like.KeySpec == "" {
			r.ok(t)
		} else {
			r.failsWith(t, "ValidationException")
		}
	}
}

func TestCreateGrantRefuses(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	long := strings.Repeat("x", 385)
	nine := map[string]string{}
	for i := range 9 {
		nine[fmt.Sprint(i)] = "x"
	}
	service := func(in *kms.CreateGrantInput) {
		in.GranteePrincipal, in.GranteeServicePrincipal = nil, aws.String("s3.amazonaws.com")
		in.RetiringServicePrincipal = aws.String("s3.amazonaws.com")
		in.Constraints = &types.GrantConstraints{SourceArn: aws.String("arn:aws:sqs:us-east-1:111122223333:queue")}
	}
	for name, test := range map[string]struct {
		change func(*kms.CreateGrantInput)
		code   string
	}{
		"no grantee":       {func(in *kms.CreateGrantInput) { in.GranteePrincipal = nil }, "ValidationException"},
		"two grantees":     {func(in *kms.CreateGrantInput) { in.GranteeServicePrincipal = aws.String("s3.amazonaws.com") }, "ValidationException"},
		"two retiring":     {func(in *kms.CreateGrantInput) { service(in); in.RetiringPrincipal = aws.String(appRole) }, "ValidationException"},
		"no SourceArn":     {func(in *kms.CreateGrantInput) { service(in); in.Constraints = nil }, "ValidationException"},
		"nobody to retire": {func(in *kms.CreateGrantInput) { service(in); in.RetiringServicePrincipal = nil }, "ValidationException"},
		"no principal":     {func(in *kms.CreateGrantInput) { in.GranteePrincipal = aws.String("alice") }, "InvalidArnException"},
		"an account id":    {func(in *kms.CreateGrantInput) { in.GranteePrincipal = aws.String(account) }, "InvalidArnException"},
		"a group": {func(in *kms.CreateGrantInput) {
			in.GranteePrincipal = aws.String("arn:aws:iam::" + account + ":group/g")
		}, "InvalidArnException"},
		"another partition": {func(in *kms.CreateGrantInput) {
			in.GranteePrincipal = aws.String("arn:aws-cn:iam::" + account + ":root")
		}, "InvalidArnException"},
		"a key":          {func(in *kms.CreateGrantInput) { in.RetiringPrincipal = aws.String(keyARN(f, key)) }, "InvalidArnException"},
		"no service":     {func(in *kms.CreateGrantInput) { service(in); in.GranteeServicePrincipal = aws.String("s3.example.com") }, "InvalidArnException"},
		"an alias":       {func(in *kms.CreateGrantInput) { in.KeyId = aws.String("alias/a") }, "InvalidArnException"},
		"an unknown key": {func(in *kms.CreateGrantInput) { in.KeyId = aws.String(unknownKey) }, "NotFoundException"},
		"a long value": {func(in *kms.CreateGrantInput) {
			in.Constraints = &types.GrantConstraints{EncryptionContextEquals: map[string]string{"a": long}}
		}, "ValidationException"},
		"nine pairs": {func(in *kms.CreateGrantInput) {
			in.Constraints = &types.GrantConstraints{EncryptionContextSubset: nine}
		}, "ValidationException"},
		"keys unlike in case": {func(in *kms.CreateGrantInput) {
			in.Constraints = &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "1", "A": "2"}}
		}, "ValidationException"},
		"a source that is not": {func(in *kms.CreateGrantInput) {
			in.Constraints = &types.GrantConstraints{SourceArn: aws.String("arn:aws-bucket-of-mine")}
		}, "ValidationException"},
		"a bad token": {func(in *kms.CreateGrantInput) { in.GrantTokens = []string{"x"} }, "InvalidGrantTokenException"},
		"a dry run":   {func(in *kms.CreateGrantInput) { in.DryRun = aws.Bool(true) }, "DryRunOperationException"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(appRole), Operations: []types.GrantOperation{types.GrantOperationDecrypt}}
			test.change(in)
			unchanged(t, f, func() { got(f.CreateGrant(t.Context(), in)).failsWith(t, test.code) })
		})
	}
	got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String("arn:aws:iam::1:user/x"), Operations: []types.GrantOperation{types.GrantOperationDecrypt}})).
		fails(t, "InvalidArnException", "ARN does not refer to a valid principal: arn:aws:iam::1:user/x")
}

func TestListsOfGrantsRefuse(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	service := aws.String("s3.amazonaws.com")
	for name, test := range map[string]struct {
		in   kms.ListGrantsInput
		code string
	}{
		"two grantees":        {kms.ListGrantsInput{GranteePrincipal: aws.String(appRole), GranteeServicePrincipal: service}, "ValidationException"},
		"a service's grants":  {kms.ListGrantsInput{GranteeServicePrincipal: service}, "ValidationException"},
		"a limit of 101":      {kms.ListGrantsInput{Limit: aws.Int32(101)}, "ValidationException"},
		"a marker of nothing": {kms.ListGrantsInput{Marker: aws.String("x")}, "InvalidMarkerException"},
		"no principal":        {kms.ListGrantsInput{GranteePrincipal: aws.String("alice")}, "InvalidArnException"},
		"no grant id":         {kms.ListGrantsInput{GrantId: aws.String("x")}, "InvalidGrantIdException"},
	} {
		t.Run(name, func(t *testing.T) {
			test.in.KeyId = &key
			got(f.ListGrants(t.Context(), &test.in)).failsWith(t, test.code)
		})
	}
	for name, test := range map[string]struct {
		in   kms.ListRetirableGrantsInput
		code string
	}{
		"nobody":              {kms.ListRetirableGrantsInput{}, "ValidationException"},
		"two principals":      {kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole), RetiringServicePrincipal: service}, "ValidationException"},
		"a service's grants":  {kms.ListRetirableGrantsInput{RetiringServicePrincipal: service}, "ValidationException"},
		"a limit of 101":      {kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole), Limit: aws.Int32(101)}, "ValidationException"},
		"a marker of nothing": {kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole), Marker: aws.String("x")}, "InvalidMarkerException"},
		"no principal":        {kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String("alice")}, "InvalidArnException"},
		"another account's":   {kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(otherUser)}, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) { got(f.ListRetirableGrants(t.Context(), &test.in)).failsWith(t, test.code) })
	}
}

// A grant names a principal as key policies do: a role for its sessions, an
// account for those that it lets.
func TestGrantees(t *testing.T) {
	t.Parallel()
	f := newFake()
	user := "arn:aws:iam::" + account + ":user/alice"
	for _, test := range []struct {
		grantee string
		who     *kmsfake.Fake
		want    bool
	}{
		{appRole, f.As(appRole), true},
		{appRole, f.As(appSession), true},
		{"arn:aws:iam::" + account + ":role/a/path/app", f.As(appSession), true}, // the session does not tell the path
		{appSession, f.As(appSession), true},
		{appSession, f.As(strings.Replace(appSession, "session", "another", 1)), false},
		{appSession, f.As(appRole), false},
		{appRole, f.As(user), false},
		{user, f.As(user), true},
		{otherUser, f.As(otherUser), true},
		{otherUser, f.As(otherUser, denying("kms:Encrypt")), false},
		{grantee, f.As(grantee), true},
		{grantee, f.As(user), false},
		{"arn:aws:iam::" + otherAccount + ":root", f.As(otherUser), false},
		{"arn:aws:iam::" + otherAccount + ":root", f.As(otherUser, allowing("kms:Encrypt")), true},
	} {
		key := newKey(t, f)
		got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: &test.grantee, Operations: []types.GrantOperation{types.GrantOperationEncrypt}})).ok(t)
		r := got(encrypt(t, test.who, keyARN(f, key), "x"))
		if test.want {
			r.ok(t)
		} else {
			r.failsWith(t, "AccessDeniedException")
		}
		if test.who.Principal() != grantee { // the root user needs no grant
			got(test.who.Decrypt(t.Context(), &kms.DecryptInput{KeyId: aws.String(keyARN(f, key)), CiphertextBlob: []byte("x")})).failsWith(t, "AccessDeniedException")
		}
	}
}

func TestServiceGranteesNeedTheirSource(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &key, GranteeServicePrincipal: aws.String("s3.amazonaws.com"), RetiringPrincipal: aws.String(appRole),
		Operations: []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDescribeKey}, Constraints: &types.GrantConstraints{SourceArn: aws.String("arn:aws:sqs:us-east-1:111122223333:queue")},
	})).ok(t)
	s3 := f.As("s3.amazonaws.com")
	got(encrypt(t, s3, key, "x")).failsWith(t, "AccessDeniedException")
	got(encrypt(t, s3.WithCondition("aws:SourceArn", "arn:aws:sqs:us-east-1:111122223333:another"), key, "x")).failsWith(t, "AccessDeniedException")
	got(encrypt(t, s3.WithCondition("aws:SourceArn", "arn:aws:sqs:us-east-1:111122223333:queue"), key, "x")).ok(t)
	describe(t, s3, key) // the constraint is for a request that has a source
	got(describeKey(t, s3.WithCondition("aws:SourceArn", "arn:aws:sqs:us-east-1:111122223333:another"), key)).failsWith(t, "AccessDeniedException")
}

// A grant permits exactly its operations, under its constraints.
func TestGrantsPermitWhatTheySay(t *testing.T) {
	t.Parallel()
	base := newFake()
	key := newKey(t, base)
	names := []string{"Department", "department", "Stage"}
	context := func(t *rapid.T, label string) map[string]string {
		return rapid.MapOfN(rapid.SampledFrom(names), rapid.SampledFrom([]string{"IT", "it"}), 0, 2).Draw(t, label)
	}
	fold := func(m map[string]string) map[string]string {
		folded := map[string]string{}
		for k, v := range m {
			folded[strings.ToLower(k)] = v
		}
		return folded
	}
	rapid.Check(t, func(t *rapid.T) {
		f := base.Clone()
		of := &types.GrantConstraints{}
		constraint := context(t, "constraint")
		exact := rapid.Bool().Draw(t, "equals")
		if exact {
			of.EncryptionContextEquals = constraint
		} else {
			of.EncryptionContextSubset = constraint
		}
		operations := rapid.SliceOfNDistinct(rapid.SampledFrom([]types.GrantOperation{"Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"}), 1, 3, rapid.ID).Draw(t, "operations")
		_, err := f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(appRole), Operations: operations, Constraints: of})
		if len(fold(constraint)) != len(constraint) {
			if err == nil {
				t.Fatal("keys that differ by case alone")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		app, request := f.As(appRole), context(t, "request")
		meets := len(constraint) == 0 || !exact || len(request) == len(constraint)
		for name, value := range constraint {
			found := false
			for k, v := range request {
				found = found || strings.EqualFold(k, name) && v == value
			}
			meets = meets && found
		}
		_, err = app.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), EncryptionContext: request})
		if want := meets && slices.Contains(operations, "Encrypt"); (err == nil) != want {
			t.Errorf("Encrypt with %v: %v, want %v", request, err, want)
		}
		_, err = app.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: "AES_256", EncryptionContext: request})
		if want := meets && slices.Contains(operations, "GenerateDataKey"); (err == nil) != want {
			t.Errorf("GenerateDataKey with %v: %v, want %v", request, err, want)
		}
		_, err = app.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
		if want := slices.Contains(operations, "DescribeKey"); (err == nil) != want {
			t.Errorf("DescribeKey: %v, want %v", err, want)
		}
	})
}

// A grant that permits CreateGrant permits grants that are as strict.
func TestGrantsOfGrantees(t *testing.T) {
	t.Parallel()
	f := newFake()
	it := map[string]string{"Department": "IT"}
	more := map[string]string{"department": "IT", "Stage": "Test"}
	type constraints = types.GrantConstraints
	for _, test := range []struct {
		parent, child *constraints
		operations    []types.GrantOperation
		want          bool
	}{
		{nil, nil, []types.GrantOperation{"Decrypt"}, true},
		{nil, nil, []types.GrantOperation{"Decrypt", "CreateGrant"}, true},
		{nil, nil, []types.GrantOperation{"Encrypt"}, false},
		{nil, &constraints{EncryptionContextSubset: it}, []types.GrantOperation{"Decrypt"}, true},
		{&constraints{EncryptionContextSubset: it}, nil, []types.GrantOperation{"Decrypt"}, false},
		{&constraints{EncryptionContextSubset: it}, &constraints{EncryptionContextSubset: it}, []types.GrantOperation{"Decrypt"}, true},
		{&constraints{EncryptionContextSubset: it}, &constraints{EncryptionContextSubset: more}, []types.GrantOperation{"Decrypt"}, true},
		{&constraints{EncryptionContextSubset: more}, &constraints{EncryptionContextSubset: it}, []types.GrantOperation{"Decrypt"}, false},
		{&constraints{EncryptionContextSubset: it}, &constraints{EncryptionContextEquals: it}, []types.GrantOperation{"Decrypt"}, true},
		{&constraints{EncryptionContextSubset: it}, &constraints{EncryptionContextEquals: more}, []types.GrantOperation{"Decrypt"}, true},
		{&constraints{EncryptionContextEquals: it}, &constraints{EncryptionContextSubset: it}, []types.GrantOperation{"Decrypt"}, false},
		{&constraints{EncryptionContextEquals: it}, &constraints{EncryptionContextEquals: more}, []types.GrantOperation{"Decrypt"}, false},
		{&constraints{EncryptionContextEquals: it}, &constraints{EncryptionContextEquals: map[string]string{"Department": "it"}}, []types.GrantOperation{"Decrypt"}, false},
		{&constraints{EncryptionContextEquals: it}, &constraints{EncryptionContextEquals: it}, []types.GrantOperation{"Decrypt"}, true},
	} {
		key := newKey(t, f)
		got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(appRole), Operations: []types.GrantOperation{"Decrypt", "CreateGrant"}, Constraints: test.parent})).ok(t)
		r := got(f.As(appRole).CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(otherUser), Operations: test.operations, Constraints: test.child}))
		if test.want {
			r.ok(t)
		} else {
			r.failsWith(t, "AccessDeniedException")
		}
	}
}

func TestWhoRetiresGrants(t *testing.T) {
	t.Parallel()
	f := newFake()
	retires := "arn:aws:iam::" + otherAccount + ":role/retires"
	for name, test := range map[string]struct {
		who        *kmsfake.Fake
		operations []types.GrantOperation
		retiring   string
		want       bool
	}{
		"the retiring principal":              {f.As("arn:aws:sts::" + otherAccount + ":assumed-role/retires/s"), nil, retires, true},
		"a retiring principal that is denied": {f.As(retires, denying("kms:RetireGrant")), nil, retires, false},
		"the grantee":                         {f.As(appRole), nil, retires, false},
		"the grantee that may":                {f.As(appSession), []types.GrantOperation{"RetireGrant"}, retires, true},
		"the account":                         {f.As(grantee), nil, retires, true},
		"a user that the account lets":        {f.As("arn:aws:iam::"+account+":user/alice", allowing("kms:RetireGrant")), nil, retires, true},
		"a user of the account":               {f.As("arn:aws:iam::" + account + ":user/alice"), nil, retires, false},
		"somebody else":                       {f.As(otherUser, allowing("kms:*")), nil, retires, false},
		"whom a retiring account lets":        {f.As(otherUser, allowing("kms:RetireGrant")), nil, "arn:aws:iam::" + otherAccount + ":root", true},
		"a retiring account's other users":    {f.As(otherUser), nil, "arn:aws:iam::" + otherAccount + ":root", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, byToken := range []bool{true, false} {
				key := newKey(t, f)
				putPolicy(t, f, key, keyPolicy(allowStatement(`"*"`, "kms:RetireGrant", ""))) // has no effect
				g := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
					KeyId: &key, GranteePrincipal: aws.String(appRole), RetiringPrincipal: &test.retiring, Operations: append(test.operations, "Decrypt"),
				})).ok(t)
				in := &kms.RetireGrantInput{GrantToken: g.GrantToken}
				if !byToken {
					in = &kms.RetireGrantInput{GrantId: g.GrantId, KeyId: aws.String(keyARN(f, key))}
				}
				left := 1
				if r := got(test.who.RetireGrant(t.Context(), in)); test.want {
					r.ok(t)
					left = 0
				} else {
					r.failsWith(t, "AccessDeniedException")
				}
				if n := len(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})); n != left {
					t.Errorf("%d grants are left, want %d", n, left)
				}
			}
		})
	}
}

// A service acts in an account that is not its own: grants that it makes are of the
// account whose key it is. It retires those that name it.
func TestServicesMakeAndRetireGrants(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	putPolicy(t, f, key, keyPolicy(allowStatement(`{"Service": "s3.amazonaws.com"}`, "kms:CreateGrant", "")))
	s3, sqs := f.As("s3.amazonaws.com"), f.As("sqs.amazonaws.com")
	in := &kms.CreateGrantInput{
		KeyId: &key, GranteeServicePrincipal: aws.String("s3.amazonaws.com"), RetiringServicePrincipal: aws.String("sqs.amazonaws.com"),
		Operations: []types.GrantOperation{"Decrypt"}, Constraints: &types.GrantConstraints{SourceArn: aws.String("arn:aws:s3:us-east-1:111122223333:accesspoint/a")},
	}
	got(sqs.CreateGrant(t.Context(), in)).failsWith(t, "AccessDeniedException")
	g := got(s3.CreateGrant(t.Context(), in)).ok(t)
	entry := listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})[0]
	equal(t, "IssuingAccount", *entry.IssuingAccount, "arn:aws:iam::"+account+":root")
	retire := &kms.RetireGrantInput{GrantId: g.GrantId, KeyId: aws.String(keyARN(f, key))}
	unchanged(t, f, func() { got(s3.RetireGrant(t.Context(), retire)).failsWith(t, "AccessDeniedException") })
	got(sqs.RetireGrant(t.Context(), retire)).ok(t)
	equal(t, "grants", len(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})), 0)
}

// Without authorization anybody retires any grant.
func TestRetireGrantWithoutAuthorization(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAuthorization())
	key := newKey(t, f)
	g := grant(t, f, key, types.GrantOperationDecrypt)
	got(f.As(otherUser).RetireGrant(t.Context(), &kms.RetireGrantInput{GrantId: g.GrantId, KeyId: aws.String(keyARN(f, key))})).ok(t)
}

func TestRetireAndRevokeRefuse(t *testing.T) {
	t.Parallel()
	f := newFake()
	key, other := newKey(t, f), newKey(t, f)
	g := grant(t, f, key, types.GrantOperationDecrypt)
	arn := keyARN(f, key)
	forged, err := base64.RawURLEncoding.DecodeString(*g.GrantToken)
	if err != nil {
		t.Fatal(err)
	}
	forged[0]++
	unchanged(t, f, func() {
		retire := func(in *kms.RetireGrantInput) result[kms.RetireGrantOutput] {
			return got(f.RetireGrant(t.Context(), in))
		}
		retire(&kms.RetireGrantInput{}).failsWith(t, "ValidationException")
		retire(&kms.RetireGrantInput{GrantId: g.GrantId}).failsWith(t, "ValidationException")
		retire(&kms.RetireGrantInput{KeyId: &arn}).failsWith(t, "ValidationException")
		retire(&kms.RetireGrantInput{GrantToken: aws.String("AAAA")}).failsWith(t, "InvalidGrantTokenException")
		retire(&kms.RetireGrantInput{GrantToken: aws.String(base64.RawURLEncoding.EncodeToString(forged))}).failsWith(t, "InvalidGrantTokenException")
		retire(&kms.RetireGrantInput{GrantId: aws.String("x"), KeyId: &arn}).failsWith(t, "InvalidGrantIdException")
		retire(&kms.RetireGrantInput{GrantId: aws.String(unknownGrant), KeyId: &arn}).failsWith(t, "NotFoundException")
		retire(&kms.RetireGrantInput{GrantId: g.GrantId, KeyId: aws.String(keyARN(f, other))}).failsWith(t, "NotFoundException")
		retire(&kms.RetireGrantInput{GrantId: g.GrantId, KeyId: &arn, DryRun: aws.Bool(true)}).failsWith(t, "DryRunOperationException")
		revoke := func(in *kms.RevokeGrantInput) result[kms.RevokeGrantOutput] {
			return got(f.RevokeGrant(t.Context(), in))
		}
		revoke(&kms.RevokeGrantInput{GrantId: aws.String("x"), KeyId: &arn}).failsWith(t, "InvalidGrantIdException")
		revoke(&kms.RevokeGrantInput{GrantId: aws.String(unknownGrant), KeyId: &arn}).failsWith(t, "NotFoundException")
		revoke(&kms.RevokeGrantInput{GrantId: g.GrantId, KeyId: &other}).failsWith(t, "NotFoundException")
		revoke(&kms.RevokeGrantInput{GrantId: g.GrantId, KeyId: &key, DryRun: aws.Bool(true)}).failsWith(t, "DryRunOperationException")
		got(f.As(appRole).RevokeGrant(t.Context(), &kms.RevokeGrantInput{GrantId: g.GrantId, KeyId: &key})).failsWith(t, "AccessDeniedException")
	})
	// To another account a grant that is there is like one that is not.
	stranger := f.As(otherUser, allowing("kms:*"))
	want := denied(otherUser, "kms:RetireGrant", arn, noResource("kms:RetireGrant"))
	got(stranger.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantId: g.GrantId, KeyId: &arn})).fails(t, "AccessDeniedException", want)
	got(stranger.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantId: aws.String(unknownGrant), KeyId: &arn})).fails(t, "AccessDeniedException", want)

	got(f.RevokeGrant(t.Context(), &kms.RevokeGrantInput{GrantId: g.GrantId, KeyId: &key})).ok(t)
	got(f.As(appRole).Decrypt(t.Context(), &kms.DecryptInput{KeyId: &key, CiphertextBlob: []byte("x")})).failsWith(t, "AccessDeniedException")
}

// A grant permits after the news has gone round, or at once by its token; when it
// is over it permits until the news of that has.
func TestGrantsPropagate(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithPropagationDelay(time.Minute))
	key := newKey(t, f)
	f.Advance(time.Minute)
	g := grant(t, f, key, types.GrantOperationEncrypt)
	app := f.As(appRole)
	with := func(tokens ...string) result[kms.EncryptOutput] {
		return got(app.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), GrantTokens: tokens}))
	}
	with().failsWith(t, "AccessDeniedException")
	with(*g.GrantToken).ok(t)
	with("x").failsWith(t, "InvalidGrantTokenException")
	equal(t, "the list", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})), []string{})
	got(f.RevokeGrant(t.Context(), &kms.RevokeGrantInput{KeyId: &key, GrantId: g.GrantId})).failsWith(t, "NotFoundException")
	f.Advance(time.Minute)
	with().ok(t)
	equal(t, "the list", grantIDs(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})), []string{*g.GrantId})
	got(f.RevokeGrant(t.Context(), &kms.RevokeGrantInput{KeyId: &key, GrantId: g.GrantId})).ok(t)
	twin := f.Clone()
	with().ok(t)
	f.Advance(time.Minute)
	with().failsWith(t, "AccessDeniedException")
	with(*g.GrantToken).failsWith(t, "AccessDeniedException")
	got(encrypt(t, twin.As(appRole), key, "x")).ok(t)
}

// Grants go with their key, and a copy of the AWS has its own.
func TestGrantsGoWithTheKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	g := got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(appRole), RetiringPrincipal: aws.String(appRole), Operations: []types.GrantOperation{"Encrypt"}})).ok(t)
	twin := f.Clone()
	disable(t, f, key)
	if _, err := encrypt(t, f.As(appRole), key, "x"); err == nil || strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("under a disabled key: %v", err)
	}
	scheduleDeletion(t, f, key, 7)
	equal(t, "grants of a key that is pending deletion", len(listGrants(t, f, &kms.ListGrantsInput{KeyId: &key})), 1)
	f.Advance(8 * day)
	list := got(f.ListRetirableGrants(t.Context(), &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole)})).ok(t).Grants
	equal(t, "grants of a key that is gone", grantIDs(list), []string{})
	got(f.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: g.GrantToken})).failsWith(t, "NotFoundException")
	got(encrypt(t, twin.As(appRole), key, "x")).ok(t)
	got(twin.As(appRole).RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: g.GrantToken})).ok(t)
	got(encrypt(t, twin.As(appRole), key, "x")).failsWith(t, "AccessDeniedException")
}
