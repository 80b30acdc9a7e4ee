package kmsfake_test

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go/middleware"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// A pool is what inputs are drawn from: names of keys, and what earlier answers
// held.
type pool struct {
	keys    []string            // key ids, key ARNs, alias names, alias ARNs
	strings map[string][]string // by member
	blobs   map[string][][]byte // by member
}

func newPool(keys []kmsfake.Key) *pool {
	p := &pool{strings: map[string][]string{}, blobs: map[string][][]byte{}}
	for _, key := range keys {
		where, owner := cmpOr(key.Region, region), cmpOr(key.Account, account)
		prefix := "arn:aws:kms:" + where + ":" + owner + ":"
		p.keys = append(p.keys, key.ID, prefix+"key/"+key.ID)
		for _, alias := range key.Aliases {
			p.keys = append(p.keys, alias, prefix+alias)
			p.strings["AliasName"] = append(p.strings["AliasName"], alias)
		}
	}
	p.keys = append(p.keys, unknownKey, "alias/none", "not a key", "arn:aws:kms:us-east-1:111122223333:key/"+unknownKey)
	return p
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// fitting is what the operations that need a key of one kind succeed with.
var fitting = map[string][]any{
	"Sign": {
		&kms.SignInput{KeyId: ptr("alias/rsa-sign"), SigningAlgorithm: types.SigningAlgorithmSpecRsassaPkcs1V15Sha256},
		&kms.SignInput{KeyId: ptr("alias/ecc-sign"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256},
	},
	"Verify": {
		&kms.VerifyInput{KeyId: ptr("alias/rsa-sign"), SigningAlgorithm: types.SigningAlgorithmSpecRsassaPkcs1V15Sha256},
		&kms.VerifyInput{KeyId: ptr("alias/ecc-sign"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256},
	},
	"GenerateMac":        {&kms.GenerateMacInput{KeyId: ptr("alias/mac"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256}},
	"VerifyMac":          {&kms.VerifyMacInput{KeyId: ptr("alias/mac"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256}},
	"Encrypt":            {&kms.EncryptInput{KeyId: ptr("alias/symmetric")}, &kms.EncryptInput{KeyId: ptr("alias/rsa-encrypt"), EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256}},
	"Decrypt":            {&kms.DecryptInput{}, &kms.DecryptInput{KeyId: ptr("alias/rsa-encrypt"), EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256}},
	"ReEncrypt":          {&kms.ReEncryptInput{DestinationKeyId: ptr("alias/symmetric")}},
	"GenerateDataKey":    {&kms.GenerateDataKeyInput{KeyId: ptr("alias/symmetric"), KeySpec: types.DataKeySpecAes256}},
	"DeriveSharedSecret": {&kms.DeriveSharedSecretInput{KeyId: ptr("alias/agree"), KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh}},
	"Encapsulate":        {&kms.EncapsulateInput{KeyId: ptr("alias/encapsulate"), EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}},
	"Decapsulate":        {&kms.DecapsulateInput{KeyId: ptr("alias/encapsulate"), EncapsulationAlgorithm: types.EncapsulationAlgorithmSpecMlKem}},
	"GenerateDataKeyPair": {
		&kms.GenerateDataKeyPairInput{KeyId: ptr("alias/symmetric"), KeyPairSpec: types.DataKeyPairSpecEccNistP256},
	},
	"GenerateDataKeyPairWithoutPlaintext": {
		&kms.GenerateDataKeyPairWithoutPlaintextInput{KeyId: ptr("alias/symmetric"), KeyPairSpec: types.DataKeyPairSpecEccNistP256},
	},
	"GenerateDataKeyWithoutPlaintext": {
		&kms.GenerateDataKeyWithoutPlaintextInput{KeyId: ptr("alias/symmetric"), KeySpec: types.DataKeySpecAes128},
	},
	"GenerateRandom":         {&kms.GenerateRandomInput{NumberOfBytes: ptr[int32](16)}},
	"CreateKey":              {&kms.CreateKeyInput{}, &kms.CreateKeyInput{MultiRegion: ptr(true)}},
	"CreateGrant":            {&kms.CreateGrantInput{KeyId: ptr(twinKeys[0].ID), GranteePrincipal: ptr("arn:aws:iam::111122223333:role/app"), Operations: []types.GrantOperation{types.GrantOperationDecrypt}}},
	"CreateCustomKeyStore":   {&kms.CreateCustomKeyStoreInput{CustomKeyStoreName: ptr("store"), CloudHsmClusterId: ptr("cluster-2a23b4cdefg"), TrustAnchorCertificate: ptr("certificate"), KeyStorePassword: ptr("password-1")}},
	"GetParametersForImport": {&kms.GetParametersForImportInput{KeyId: ptr(twinKeys[7].ID), WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048}},
	"ReplicateKey":           {&kms.ReplicateKeyInput{KeyId: ptr(twinKeys[9].ID), ReplicaRegion: ptr("eu-west-1")}},
	"UpdatePrimaryRegion":    {&kms.UpdatePrimaryRegionInput{KeyId: ptr(twinKeys[9].ID), PrimaryRegion: ptr("eu-west-1")}},
	"RotateKeyOnDemand":      {&kms.RotateKeyOnDemandInput{KeyId: ptr(twinKeys[0].ID)}},
}

func ptr[T any](v T) *T { return &v }

// members that are left empty unless they are drawn on purpose: with them most
// calls fail for their sake alone.
var rare = []string{
	"Recipient", "DryRun", "DryRunModifiers", "GrantTokens", "CustomKeyStoreId", "XksKeyId", "Origin", "CustomerMasterKeySpec",
	"EncryptionContext", "SourceEncryptionContext", "DestinationEncryptionContext", "MessageType", "Marker", "Policy", "Limit",
	"KeyMaterialId", "ImportType", "SourceKeyId", "Constraints", "XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyVpcEndpointServiceName",
	"XksProxyVpcEndpointServiceOwner", "XksProxyAuthenticationCredential", "XksProxyConnectivity", "CustomKeyStoreType", "PolicyName",
}

// input draws an input of an operation: half of the time one that may well
// succeed, if there is one.
func (p *pool) input(t *rapid.T, operation string) any {
	method, _ := reflect.TypeFor[kmsfake.API]().MethodByName(operation)
	in := reflect.New(method.Type.In(1).Elem())
	if list := fitting[operation]; list != nil && rapid.Bool().Draw(t, "fitting") {
		in.Elem().Set(reflect.ValueOf(rapid.SampledFrom(list).Draw(t, "like")).Elem())
	}
	p.fill(t, in.Elem(), method.Type.In(1).Elem().Name())
	return in.Interface()
}

// fill draws the members that are not set.
func (p *pool) fill(t *rapid.T, v reflect.Value, of string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || !v.Field(i).IsZero() {
			continue
		}
		// Rapid prefers small numbers.
		odd := rapid.IntRange(0, 9).Draw(t, field.Name+"?") == 9
		if odd != slices.Contains(rare, field.Name) {
			continue
		}
		p.set(t, v.Field(i), field.Name)
	}
}

func (p *pool) set(t *rapid.T, v reflect.Value, name string) {
	if values := v.MethodByName("Values"); values.IsValid() {
		all := values.Call(nil)[0]
		n := rapid.IntRange(0, all.Len()).Draw(t, name)
		if n == all.Len() {
			v.SetString("NO_SUCH_VALUE")
			return
		}
		v.Set(all.Index(n))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.set(t, v.Elem(), name)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(start.Add(time.Duration(rapid.IntRange(-10, 400).Draw(t, name)) * day)))
			return
		}
		p.fill(t, v, name)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(p.blob(t, name))
			return
		}
		n := rapid.IntRange(0, 2).Draw(t, name+" length")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			p.set(t, v.Index(i), name)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(rapid.SampledFrom([]map[string]string{{}, {"a": "b"}, {"a": "b", "c": ""}}).Draw(t, name)))
	case reflect.String:
		v.SetString(p.text(t, name))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Int32:
		v.SetInt(int64(rapid.SampledFrom([]int32{1, 7, 16, 30, 100, 365, 0, -1, 1001, 5000}).Draw(t, name)))
	default:
		t.Fatalf("%s is a %v", name, v.Type())
	}
}

// texts are what members that are text may be.
var texts = map[string][]string{
	"AliasName":          {"alias/new", "alias/newer", "alias/aws/s3", "alias/", "no alias", "alias/a:b"},
	"PolicyName":         {"default", "other"},
	"Policy":             {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}`, "{}", "no policy"},
	"TagKey":             {"a", "Team", "aws:x", ""},
	"TagKeys":            {"a", "Team", "aws:x", ""},
	"TagValue":           {"", "b", "a value"},
	"Description":        {"", "words", "wörds \u2028 <&> \"\\"},
	"ReplicaRegion":      {"eu-west-1", "us-west-2", "us-east-1", "cn-north-1"},
	"PrimaryRegion":      {"eu-west-1", "us-west-2"},
	"GranteePrincipal":   {"arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:root", "nobody"},
	"RetiringPrincipal":  {"arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:user/kmsfake"},
	"CustomKeyStoreName": {"store", "another"},
	"Marker":             {"nowhere"},
}

// madeOf says in which members of outputs a member of an input may be found.
var madeOf = map[string][]string{
	"Marker":               {"NextMarker"},
	"CiphertextBlob":       {"CiphertextBlob", "PrivateKeyCiphertextBlob"},
	"Ciphertext":           {"Ciphertext"},
	"EncryptedKeyMaterial": {"PublicKey"},
}

func (p *pool) text(t *rapid.T, name string) string {
	if strings.HasSuffix(name, "KeyId") && name != "XksKeyId" {
		return rapid.SampledFrom(p.keys).Draw(t, name)
	}
	list := slices.Clone(texts[name])
	sources := madeOf[name]
	if sources == nil {
		sources = []string{strings.TrimSuffix(name, "s"), name}
	}
	for _, source := range sources {
		list = append(list, p.strings[source]...)
	}
	if len(list) == 0 || rapid.IntRange(0, 9).Draw(t, name+" odd") == 9 {
		return rapid.StringN(0, 8, 40).Draw(t, name)
	}
	return rapid.SampledFrom(list).Draw(t, name)
}

func (p *pool) blob(t *rapid.T, name string) []byte {
	list := [][]byte{[]byte("a message"), make([]byte, 32)}
	sources := madeOf[name]
	if sources == nil {
		sources = []string{name}
	}
	for _, source := range sources {
		list = append(list, p.blobs[source]...)
	}
	if rapid.IntRange(0, 9).Draw(t, name+" odd") == 9 {
		return rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, name)
	}
	return rapid.SampledFrom(list).Draw(t, name)
}

// harvest keeps what an output holds.
func (p *pool) harvest(out any) { p.keep("", reflect.ValueOf(out)) }

func (p *pool) keep(name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			p.keep(name, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type() == reflect.TypeFor[middleware.Metadata]() {
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				p.keep(field.Name, v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if !v.IsNil() {
				p.blobs[name] = append(p.blobs[name], v.Bytes())
			}
			return
		}
		for i := range v.Len() {
			p.keep(name, v.Index(i))
		}
	case reflect.String:
		if name == "KeyId" || name == "KeyArn" {
			if s := v.String(); !slices.Contains(p.keys, s) {
				p.keys = append(p.keys, s)
			}
		} else {
			p.strings[name] = append(p.strings[name], v.String())
		}
	}
}
