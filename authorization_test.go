package kmsfake_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

const (
	appRole    = "arn:aws:iam::" + account + ":role/app"
	appSession = "arn:aws:sts::" + account + ":assumed-role/app/session"
	otherUser  = "arn:aws:iam::" + otherAccount + ":user/bob"
)

// allowing is an identity policy that allows actions on everything.
func allowing(actions ...string) string {
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["%s"], "Resource": "*"}}`, strings.Join(actions, `", "`))
}

// denying is an identity policy that denies actions on everything.
func denying(actions ...string) string {
	return strings.Replace(allowing(actions...), "Allow", "Deny", 1)
}

// denied is the text of AWS's refusal.
func denied(principal, action, resource, why string) string {
	return "User: " + principal + " is not authorized to perform: " + action + " on resource: " + resource + why
}

func noIdentity(action string) string {
	return " because no identity-based policy allows the " + action + " action"
}

func noResource(action string) string {
	return " because no resource-based policy allows the " + action + " action"
}

// keyPolicy is a key policy of the account's own statement, so that it locks
// nobody out, and others.
func keyPolicy(statements ...string) string {
	own := `{"Effect": "Allow", "Principal": {"AWS": "` + grantee + `"}, "Action": "kms:*", "Resource": "*"}`
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(append([]string{own}, statements...), ", ") + `]}`
}

func allowStatement(principal, action, condition string) string {
	if condition != "" {
		condition = `, "Condition": ` + condition
	}
	return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "` + action + `", "Resource": "*"` + condition + `}`
}

func TestAsActsAsAPrincipal(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithRegion(otherRegion))
	for _, test := range []struct{ principal, account string }{
		{appRole, account},
		{appSession, account},
		{"arn:aws:iam::" + account + ":user/a/path/alice", account},
		{"arn:aws:sts::" + account + ":federated-user/fed", account},
		{"arn:aws:iam::" + otherAccount + ":root", otherAccount},
		{otherUser, otherAccount},
		{"s3.amazonaws.com", account},
	} {
		as := f.As(test.principal)
		if as.Principal() != test.principal || as.Account() != test.account || as.Region() != otherRegion {
			t.Errorf("As(%q) is %s of %s in %s", test.principal, as.Principal(), as.Account(), as.Region())
		}
		if in := as.InRegion(region); in.Principal() != test.principal || in.Region() != region {
			t.Errorf("InRegion of it is %s in %s", in.Principal(), in.Region())
		}
	}
}

func TestAsPanicsOverWhatIsNone(t *testing.T) {
	t.Parallel()
	f := newFake()
	for want, do := range map[string]func(){
		`kmsfake: As("alice")`:             func() { f.As("alice") },
		`kmsfake: As("arn:aws:iam::1:`:     func() { f.As("arn:aws:iam::1:user/a") },
		`identity policy 2`:                func() { f.As(appRole, allowing("kms:*"), `{"Statement": []}`) },
		`identity policy 1`:                func() { f.As(appRole, keyPolicy()) }, // it has principals
		`has no identity policies`:         func() { f.As("s3.amazonaws.com", allowing("kms:*")) },
		`kmsfake: account "1" is`:          func() { f.InAccount("1") },
		`"SourceIp" is not a`:              func() { f.WithCondition("SourceIp", "10.0.0.1") },
		`kms:KeySpec follows from`:         func() { f.WithCondition("kms:KeySpec", "RSA_2048") },
		`aws:principalarn follows from`:    func() { f.WithCondition("aws:principalarn", "x") },
		`aws:RequestTag/a follows`:         func() { f.WithCondition("aws:RequestTag/a", "x") },
		`kms:VaiService is not a`:          func() { f.WithCondition("kms:VaiService", "x") },
		`kmsfake: WithQuotas: there is no`: func() { kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{"Encrpyt": 1}}) },
		`WithQuotas: the request rate of Encrypt is one that operations share`: func() { kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{"Encrypt": 1}}) },
		`is 0 a second`: func() { kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{"CreateKey": 0}}) },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, want) {
					t.Errorf("panicked with %q, want %q", text, want)
				}
			}()
			do()
		}()
	}
}

// The default key policy lets the account use IAM policies, and gives nobody
// anything by itself.
func TestDefaultKeyPolicyDelegates(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	for _, test := range []struct {
		who  *kmsfake.Fake
		want string
	}{
		{f, ""},
		{f.As(grantee), ""}, // the root user
		{f.As(appRole, allowing("kms:Encrypt")), ""},
		{f.As(appSession, allowing("kms:Encrypt")), ""},
		{f.As(appRole, allowing("kms:Enc*")), ""},
		{f.As(appRole), noIdentity("kms:Encrypt")},
		{f.As(appSession, allowing("kms:Decrypt")), noIdentity("kms:Encrypt")},
		{f.As(appRole, allowing("kms:*"), denying("kms:Encrypt")), " with an explicit deny in an identity-based policy"},
		{f.As("s3.amazonaws.com"), noResource("kms:Encrypt")},
	} {
		r := got(encrypt(t, test.who, key, "x"))
		if test.want == "" {
			r.ok(t)
			continue
		}
		r.fails(t, "AccessDeniedException", denied(test.who.Principal(), "kms:Encrypt", keyARN(f, key), test.want))
	}
	newAlias(t, f, "alias/a", key)
	got(encrypt(t, f.As(appRole), "alias/a", "x")).fails(t, "AccessDeniedException", denied(appRole, "kms:Encrypt", keyARN(f, key), noIdentity("kms:Encrypt")))
}

func TestKeyPolicyNamesPrincipals(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	putPolicy(t, f, key, keyPolicy(
		allowStatement(`{"AWS": "`+appRole+`"}`, "kms:Encrypt", ""),
		allowStatement(`{"Service": "s3.amazonaws.com"}`, "kms:Encrypt", ""),
		`{"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/Team": "red"}}}`,
	))
	got(encrypt(t, f.As(appRole), key, "x")).ok(t)
	got(encrypt(t, f.As(appSession), key, "x")).ok(t)
	got(encrypt(t, f.As("s3.amazonaws.com"), key, "x")).ok(t)
	got(encrypt(t, f.As("sns.amazonaws.com"), key, "x")).failsWith(t, "AccessDeniedException")
	got(encrypt(t, f.As("arn:aws:iam::"+account+":role/another"), key, "x")).failsWith(t, "AccessDeniedException")
	got(encrypt(t, f.As(appRole).WithCondition("aws:PrincipalTag/team", "red"), key, "x")).fails(t, "AccessDeniedException",
		denied(appRole, "kms:Encrypt", keyARN(f, key), " with an explicit deny in a resource-based policy"))
	// Without the account's own statement identity policies count for nothing.
	lone := `{"Statement": ` + allowStatement(`{"AWS": "`+f.Principal()+`"}`, "kms:*", "") + `}`
	putPolicy(t, f, key, lone)
	got(encrypt(t, f.As(appRole, allowing("kms:*")), key, "x")).fails(t, "AccessDeniedException",
		denied(appRole, "kms:Encrypt", keyARN(f, key), noResource("kms:Encrypt")))
}

// permissions are what an operation needs beside, or instead of, the permission
// of its own name.
var permissions = map[string][]string{
	"ListAliases":  {"kms:ListAliases"},
	"ReEncrypt":    {"kms:ReEncryptFrom", "kms:ReEncryptTo"},
	"ReplicateKey": {"kms:ReplicateKey", "kms:CreateKey", "kms:TagResource"}, // the replica key has tags
}

// Every operation needs its permissions, each of them, and no others.
func TestPermissionsOfOperations(t *testing.T) {
	t.Parallel()
	operations := append(keyOperations[:len(keyOperations):len(keyOperations)],
		deleteAliasOperation,
		keyOperation{name: "CreateKey", input: func(*testing.T, *kmsfake.Fake, string) any { return &kms.CreateKeyInput{} }},
		keyOperation{name: "ListKeys", input: func(*testing.T, *kmsfake.Fake, string) any { return &kms.ListKeysInput{} }},
		keyOperation{name: "GenerateRandom", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1)}
		}},
		keyOperation{name: "ListRetirableGrants", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(appRole)}
		}},
		keyOperation{name: "DescribeCustomKeyStores", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.DescribeCustomKeyStoresInput{}
		}},
	)
	for _, op := range operations {
		needed := permissions[op.name]
		if needed == nil {
			needed = []string{"kms:" + op.name}
		}
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := op.newKey(t, f)
			in := op.input(t, f, id)
			if op.name == "CancelKeyDeletion" {
				scheduleDeletion(t, f, id, 7)
			}
			for _, lacking := range needed {
				others := slices.DeleteFunc(slices.Clone(needed), func(s string) bool { return s == lacking })
				unchanged(t, f, func() {
					_, err := invoke(t, f.As(appRole, allowing(append(others, "kms:None")...)), op.name, in)
					var exception smithy.APIError
					if !errors.As(err, &exception) || exception.ErrorCode() != "AccessDeniedException" ||
						!strings.Contains(exception.ErrorMessage(), "User: "+appRole+" is not authorized to perform: "+lacking+" on ") {
						t.Errorf("without %s: %v", lacking, err)
					}
				})
				_, err := invoke(t, f.Clone().As(appRole, allowing("kms:*"), denying(lacking)), op.name, in)
				if err == nil || !strings.Contains(err.Error(), "explicit deny in an identity-based policy") {
					t.Errorf("with %s denied: %v", lacking, err)
				}
			}
			if _, err := invoke(t, f.As(appRole, allowing(needed...)), op.name, in); err != nil {
				t.Errorf("with %v: %v", needed, err)
			}
		})
	}
}

// Aliases need permissions of their own, by their ARN, and an alias in Resource
// stands for no key.
func TestResourcesOfIdentityPolicies(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	on := func(action, resource string) string {
		return strings.Replace(allowing(action), `"Resource": "*"`, `"Resource": "`+resource+`"`, 1)
	}
	create := func(policies ...string) result[kms.CreateAliasOutput] {
		return got(createAlias(t, f.As(appRole, policies...), "alias/app", key))
	}
	create(on("kms:CreateAlias", aliasARN(f, "alias/app"))).fails(t, "AccessDeniedException",
		denied(appRole, "kms:CreateAlias", keyARN(f, key), noIdentity("kms:CreateAlias")))
	create(on("kms:CreateAlias", keyARN(f, key))).fails(t, "AccessDeniedException",
		denied(appRole, "kms:CreateAlias", aliasARN(f, "alias/app"), noIdentity("kms:CreateAlias")))
	create(on("kms:CreateAlias", keyARN(f, key)), on("kms:CreateAlias", aliasARN(f, "alias/*"))).ok(t)
	got(encrypt(t, f.As(appRole, on("kms:Encrypt", aliasARN(f, "alias/app"))), "alias/app", "x")).failsWith(t, "AccessDeniedException")
	got(encrypt(t, f.As(appRole, on("kms:Encrypt", keyARN(f, key))), "alias/app", "x")).ok(t)

	second := newKey(t, f)
	update := func(keys ...string) result[kms.UpdateAliasOutput] {
		policies := []string{on("kms:UpdateAlias", aliasARN(f, "alias/app"))}
		for _, k := range keys {
			policies = append(policies, on("kms:UpdateAlias", keyARN(f, k)))
		}
		return got(updateAlias(t, f.As(appRole, policies...), "alias/app", second))
	}
	update(key).failsWith(t, "AccessDeniedException")
	update(second).failsWith(t, "AccessDeniedException")
	update(key, second).ok(t)

	// The permission for the keys does not do for the alias.
	onKeys := func(action string) []string {
		return []string{on(action, keyARN(f, key)), on(action, keyARN(f, second))}
	}
	unchanged(t, f, func() {
		got(updateAlias(t, f.As(appRole, onKeys("kms:UpdateAlias")...), "alias/app", key)).fails(t, "AccessDeniedException",
			denied(appRole, "kms:UpdateAlias", aliasARN(f, "alias/app"), noIdentity("kms:UpdateAlias")))
		got(deleteAlias(t, f.As(appRole, onKeys("kms:DeleteAlias")...), "alias/app")).fails(t, "AccessDeniedException",
			denied(appRole, "kms:DeleteAlias", aliasARN(f, "alias/app"), noIdentity("kms:DeleteAlias")))
	})
}

func TestCreateKeyWithTagsNeedsTagResource(t *testing.T) {
	t.Parallel()
	f := newFake()
	in := &kms.CreateKeyInput{Tags: tags("a=1")}
	unchanged(t, f, func() {
		got(f.As(appRole, allowing("kms:CreateKey")).CreateKey(t.Context(), in)).failsWith(t, "AccessDeniedException")
	})
	onKeys := strings.Replace(allowing("kms:TagResource"), `"Resource": "*"`, `"Resource": "arn:aws:kms:*:`+account+`:key/*"`, 1)
	got(f.As(appRole, allowing("kms:CreateKey"), onKeys).CreateKey(t.Context(), in)).ok(t)
}

func TestReplicateKeyIsAuthorizedInBothRegions(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	in := &kms.ReplicateKeyInput{KeyId: &key, ReplicaRegion: aws.String(otherRegion)}
	creating := func(where string) string {
		return strings.Replace(allowing("kms:CreateKey"), `"Resource"`, `"Condition": {"StringEquals": {"aws:RequestedRegion": "`+where+`"}}, "Resource"`, 1)
	}
	unchanged(t, f, func() {
		got(f.As(appRole, allowing("kms:ReplicateKey"), creating(region)).ReplicateKey(t.Context(), in)).fails(t, "AccessDeniedException",
			denied(appRole, "kms:CreateKey", "*", noIdentity("kms:CreateKey")))
	})
	got(f.As(appRole, allowing("kms:ReplicateKey"), creating(otherRegion)).ReplicateKey(t.Context(), in)).ok(t)
}

func TestUpdatePrimaryRegionIsAuthorizedOnBothKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := mrReplicated(t, f, otherRegion)
	f.Advance(time.Minute)
	primary, replica := keyARN(f, key), keyARN(f.InRegion(otherRegion), key)
	on := func(keys ...string) string {
		return strings.Replace(allowing("kms:UpdatePrimaryRegion"), `"Resource": "*"`, `"Resource": ["`+strings.Join(keys, `", "`)+`"]`, 1)
	}
	move := func(policy string) result[kms.UpdatePrimaryRegionOutput] {
		return got(f.As(appRole, policy).UpdatePrimaryRegion(t.Context(), &kms.UpdatePrimaryRegionInput{KeyId: &key, PrimaryRegion: aws.String(otherRegion)}))
	}
	unchanged(t, f, func() {
		for _, c := range []struct{ has, lacks string }{{primary, replica}, {replica, primary}} {
			move(on(c.has)).fails(t, "AccessDeniedException", denied(appRole, "kms:UpdatePrimaryRegion", c.lacks, noIdentity("kms:UpdatePrimaryRegion")))
		}
	})
	move(on(primary, replica)).ok(t)
}

// acrossAccounts are the operations whose documentation says "Cross-account use:
// Yes".
const acrossAccounts = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
	GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyRotationStatus
	GetPublicKey ListGrants ReEncrypt RetireGrant RevokeGrant Sign Verify VerifyMac`

// With every permission on both sides, 21 operations can use a key of another
// account and the others cannot.
func TestCrossAccountUse(t *testing.T) {
	t.Parallel()
	can := strings.Fields(acrossAccounts)
	if len(can) != 21 {
		t.Fatalf("%d operations", len(can))
	}
	for _, op := range keyOperations {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := op.newKey(t, f)
			in := op.input(t, f, id)
			for _, k := range listKeys(t, f) { // those that the input made too
				allowAll(t, f, *k.KeyId)
			}
			if op.name == "CancelKeyDeletion" {
				scheduleDeletion(t, f, id, 7)
			}
			other := f.As(otherUser, allowing("kms:*"))
			switch in := in.(type) {
			case *kms.ReEncryptInput:
				in.DestinationKeyId = aws.String(keyARN(f, *in.DestinationKeyId))
			case *kms.RetireGrantInput: // the grant says who may
				in.GrantId = got(f.CreateGrant(t.Context(), &kms.CreateGrantInput{
					KeyId: &id, GranteePrincipal: aws.String(appRole), RetiringPrincipal: aws.String(otherUser),
					Operations: []types.GrantOperation{types.GrantOperationDescribeKey},
				})).ok(t).GrantId
			}
			_, err := invoke(t, other, op.name, op.naming(in, keyARN(f, id)))
			switch yes := slices.Contains(can, op.name); {
			case yes && err != nil:
				t.Error(err)
			case !yes && op.name == "UpdateAlias":
				if err == nil {
					t.Error("another account moved an alias") // its own has no such alias
				}
			case !yes:
				checkError(t, op.name, err, "AccessDeniedException", denied(otherUser, "kms:"+op.name, keyARN(f, id), noResource("kms:"+op.name)))
			}
		})
	}
}

// Another account needs the key policy and an identity policy of its own.
// An AWS service has no account of its own, and yet an operation that stays within
// one account stays within the one that the service acts in.
func TestServicesStayWithinTheAccount(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAuthorization())
	owner, service := f.InAccount(otherAccount), f.As("s3.amazonaws.com")
	key := keyARN(owner, newKeyLike(t, owner, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)}))
	newKey(t, f)
	unchanged(t, f, func() {
		for _, err := range []error{
			errOf(service.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key})),
			errOf(service.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &key, ReplicaRegion: aws.String(otherRegion)})),
			errOf(service.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key})),
			errOf(service.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &key})),
		} {
			wantCode(t, "an operation within an account", err, "AccessDeniedException")
		}
	})
	got(encrypt(t, service, key, "x")).ok(t)
}

func TestCrossAccountNeedsBothSides(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	arn := keyARN(f, key)
	with, without := f.As(otherUser, allowing("kms:Encrypt")), f.As(otherUser)
	got(encrypt(t, with, arn, "x")).fails(t, "AccessDeniedException", denied(otherUser, "kms:Encrypt", arn, noResource("kms:Encrypt")))
	for _, principal := range []string{otherUser, "arn:aws:iam::" + otherAccount + ":root", otherAccount} {
		putPolicy(t, f, key, keyPolicy(allowStatement(`{"AWS": "`+principal+`"}`, "kms:Encrypt", "")))
		got(encrypt(t, with, arn, "x")).ok(t)
		got(encrypt(t, without, arn, "x")).fails(t, "AccessDeniedException", denied(otherUser, "kms:Encrypt", arn, noIdentity("kms:Encrypt")))
	}
	got(encrypt(t, with, key, "x")).fails(t, "NotFoundException", "Key '"+keyARN(with, key)+"' does not exist")
}

// Whatever a caller of another account may do by its own policies, the answer
// about a key that it cannot use is the one about a key that is not there.
func TestRefusalsAcrossAccountsTellNothing(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("secret=yes")})
	newAlias(t, f, "alias/there", key)
	policies := []string{
		keyPolicy(),
		keyPolicy(`{"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}`),
		keyPolicy(allowStatement(`{"AWS": "`+otherAccount+`"}`, "kms:Encrypt", `{"StringEquals": {"aws:SourceIp": "no"}}`)),
	}
	identity := []string{
		allowing("kms:Encrypt"), denying("kms:Encrypt"), allowing("kms:Decrypt"),
		`{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/secret": "yes"}}}]}`,
	}
	const elsewhere = "arn:aws:kms:" + region + ":" + account + ":"
	rapid.Check(t, func(t *rapid.T) {
		f := f.Clone()
		policy := rapid.SampledFrom(policies).Draw(t, "key policy")
		if _, err := f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &policy}); err != nil {
			t.Fatal(err)
		}
		who := f.As(otherUser, rapid.SliceOfN(rapid.SampledFrom(identity), 0, 2).Draw(t, "identity policies")...)
		there, missing := elsewhere+"key/"+key, elsewhere+"key/"+unknownKey
		if rapid.Bool().Draw(t, "by alias") {
			there, missing = elsewhere+"alias/there", elsewhere+"alias/missing"
		}
		tell := func(name string) string {
			_, err := who.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &name, Plaintext: []byte("x")})
			var exception smithy.APIError
			if !errors.As(err, &exception) {
				t.Fatalf("%s: %v", name, err)
			}
			return exception.ErrorCode() + ": " + strings.ReplaceAll(exception.ErrorMessage(), name, "<key>")
		}
		if a, b := tell(there), tell(missing); a != b {
			t.Errorf("of a key that is there: %s\nof one that is not: %s", a, b)
		}
	})
}

// Decrypt without a KeyId does not name the key in its refusal.
func TestDecryptRefusesWithoutTheKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	open := func(who *kmsfake.Fake, keyID *string) result[kms.DecryptOutput] {
		return got(who.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: keyID}))
	}
	open(f.As(appRole), &key).fails(t, "AccessDeniedException", denied(appRole, "kms:Decrypt", keyARN(f, key), noIdentity("kms:Decrypt")))
	open(f.As(appRole), nil).fails(t, "AccessDeniedException",
		"User: "+appRole+" is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext"+noIdentity("kms:Decrypt"))
	open(f.As(otherUser, allowing("kms:*")), nil).fails(t, "AccessDeniedException",
		"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
	open(f.As(appRole, allowing("kms:Decrypt")), nil).ok(t)
	allowAll(t, f, key)
	open(f.As(otherUser, allowing("kms:Decrypt")), nil).ok(t)
}

func TestWithoutAuthorization(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAuthorization())
	key := newKey(t, f)
	deny(t, f, key, "kms:Encrypt")
	got(encrypt(t, f.As(appRole), key, "x")).ok(t)
	got(encrypt(t, f.As(otherUser), keyARN(f, key), "x")).ok(t)
	got(f.As(otherUser).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: aws.String(keyARN(f, key))})).failsWith(t, "AccessDeniedException")
	got(f.As(appRole).CreateKey(t.Context(), nil)).ok(t)
}

// The SDK's client and the HTTP door know the principal by its credentials.
func TestPrincipalsThroughTheClient(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	putPolicy(t, f, key, keyPolicy(allowStatement("\"*\"", "kms:Encrypt", `{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`)))
	in := &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")}
	_, err := f.As(appRole).Client().Encrypt(t.Context(), in)
	checkError(t, "Encrypt", err, "AccessDeniedException", denied(appRole, "kms:Encrypt", keyARN(f, key), noIdentity("kms:Encrypt")))
	if _, err := f.As(appRole).WithCondition("aws:SourceIp", "10.1.2.3").Client().Encrypt(t.Context(), in); err != nil {
		t.Error(err)
	}
}

func TestJournalTellsWhy(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithJournal(10))
	key := newKey(t, f)
	got(encrypt(t, f.As(appRole, strings.Replace(allowing("kms:Encrypt"), `"Resource"`, `"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "Resource"`, 1)), key, "x")).failsWith(t, "AccessDeniedException")
	calls := f.Calls()
	last := calls[len(calls)-1]
	want := "no identity policy of " + appRole + " allows kms:Encrypt on " + keyARN(f, key) +
		": statement 1 of identity policy 1 asks Bool of aws:MultiFactorAuthPresent, and aws:MultiFactorAuthPresent is absent from the request"
	if last.Why != want || !strings.Contains(last.String(), want) {
		t.Errorf("why:\n%s\nwant\n%s\nin %s", last.Why, want, last)
	}
	if calls[0].Why != "" {
		t.Errorf("why of a call that was allowed: %q", calls[0].Why)
	}
}

// Every denied call has its reason, also where AWS's text tells little or no policy
// decides.
func TestJournalTellsWhyOfEveryDenial(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAuthorization())
	key := newKey(t, f)
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	managed := *describe(t, f, "alias/aws/s3").KeyId
	for want, err := range map[string]error{
		"there is no KMS key " + key + " in " + otherRegion: errOf(f.InRegion(otherRegion).Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})),
		"only AWS manages an AWS managed key":               errOf(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &managed})),
		"the operation cannot use a KMS key of another account": errOf(f.InAccount(otherAccount).DisableKey(t.Context(),
			&kms.DisableKeyInput{KeyId: aws.String(keyARN(f, key))})),
	} {
		wantCode(t, want, err, "AccessDeniedException")
		if !slices.ContainsFunc(f.Calls(), func(c kmsfake.Call) bool { return c.Why == want && c.Error != nil && c.Error.Error() == err.Error() }) {
			t.Errorf("the journal does not tell that %s", want)
		}
	}
}

// The keys' states come after permission: a caller without it does not learn them.
func TestPermissionComesBeforeState(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	disable(t, f, key)
	got(encrypt(t, f.As(appRole), key, "x")).failsWith(t, "AccessDeniedException")
	var disabled *types.DisabledException
	if _, err := encrypt(t, f.As(appRole, allowing("kms:Encrypt")), key, "x"); !errors.As(err, &disabled) {
		t.Error(err)
	}
}
