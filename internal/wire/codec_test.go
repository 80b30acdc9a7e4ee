package wire

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOutputsAsTheServiceWritesThem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		operation string
		output    any
		want      string
	}{
		{"ListAliases", &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{}}, `{"Aliases":[],"Truncated":false}`},
		{"ListAliases", &kms.ListAliasesOutput{}, `{"Truncated":false}`},
		{"ListAliases", &kms.ListAliasesOutput{
			Aliases:    []types.AliasListEntry{{AliasName: aws.String("alias/a"), CreationDate: aws.Time(time.UnixMilli(1699999999123))}},
			NextMarker: aws.String("m"), Truncated: true,
		}, `{"Aliases":[{"AliasName":"alias/a","CreationDate":1.699999999123E9}],"NextMarker":"m","Truncated":true}`},
		{"GetKeyRotationStatus", &kms.GetKeyRotationStatusOutput{}, `{"KeyRotationEnabled":false}`},
		{"GetKeyLastUsage", &kms.GetKeyLastUsageOutput{KeyLastUsage: &types.KeyLastUsageData{}}, `{"KeyLastUsage":{}}`},
		{"Verify", &kms.VerifyOutput{}, `{"SignatureValid":false}`},
		{"VerifyMac", &kms.VerifyMacOutput{MacValid: true}, `{"MacValid":true}`},
		{"DescribeKey", &kms.DescribeKeyOutput{KeyMetadata: &types.KeyMetadata{Description: aws.String(""), MultiRegion: aws.Bool(false)}},
			`{"KeyMetadata":{"Description":"","Enabled":false,"MultiRegion":false}}`},
		{"Decrypt", &kms.DecryptOutput{Plaintext: []byte{}}, `{"Plaintext":""}`},
		{"Decrypt", &kms.DecryptOutput{Plaintext: []byte{0xfb, 0xff}, EncryptionAlgorithm: "SYMMETRIC_DEFAULT"}, `{"EncryptionAlgorithm":"SYMMETRIC_DEFAULT","Plaintext":"+/8="}`},
		{"GetKeyPolicy", &kms.GetKeyPolicyOutput{Policy: aws.String("{\n\t\"é<&>\\\x01\": \"\xff\"}\u2028")}, `{"Policy":"{\n\t\"é<&>\\\u0001\": \"�\"}` + "\u2028" + `"}`},
		{"ConnectCustomKeyStore", &kms.ConnectCustomKeyStoreOutput{}, `{}`},
		{"CreateAlias", &kms.CreateAliasOutput{}, ``},
		{"ListGrants", &kms.ListGrantsOutput{Grants: []types.GrantListEntry{{Constraints: &types.GrantConstraints{
			EncryptionContextEquals: map[string]string{"b": "2", "a": "1"}}}}},
			`{"Grants":[{"Constraints":{"EncryptionContextEquals":{"a":"1","b":"2"}}}],"Truncated":false}`},
	}
	for _, test := range tests {
		got, err := AppendOutput(nil, test.operation, test.output)
		if err != nil {
			t.Errorf("%s: %v", test.operation, err)
		}
		if string(got) != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.operation, got, test.want)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]string{
		0: "0.0", 1: "0.001", -1: "-0.001", 1500: "1.5", 9999999999: "9999999.999", 10000000000: "1.0E7", 12345678000: "1.2345678E7",
		1699999999123: "1.699999999123E9", 1700000000000: "1.7E9", -1700000000000: "-1.7E9", 253402300799999: "2.53402300799999E11",
	} {
		if got := string(appendTime(nil, time.UnixMilli(ms))); got != want {
			t.Errorf("%d ms: got %s, want %s", ms, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-maxEpoch*1000, maxEpoch*1000).Draw(t, "ms")
		got, err := strconv.ParseFloat(string(appendTime(nil, time.UnixMilli(ms))), 64)
		if err != nil || math.Round(got*1000) != float64(ms) {
			t.Fatalf("%d ms: %v, %v", ms, got, err)
		}
	})
}

func TestInputsThatAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, operation, body string
		want                  any
	}{
		{"empty", "Encrypt", `{}`, &kms.EncryptInput{}},
		{"white space", "Encrypt", " \r\n\t{ \"KeyId\" :\n\"k\" , \"DryRun\" : true } \n", &kms.EncryptInput{KeyId: aws.String("k"), DryRun: aws.Bool(true)}},
		{"unknown members", "Encrypt", `{"X":{"a":[1,{"b":"]}"}],"c":null},"Y":[],"Z":"\"","KeyId":"k","keyId":1,"W":-1.5e3}`, &kms.EncryptInput{KeyId: aws.String("k")}},
		{"nulls", "Encrypt", `{"KeyId":null,"Plaintext":null,"GrantTokens":null,"EncryptionContext":null,"DryRun":null,"EncryptionAlgorithm":null}`, &kms.EncryptInput{}},
		{"the last of duplicates", "Encrypt", `{"KeyId":"a","KeyId":"b","GrantTokens":["x","y"],"GrantTokens":["z"],"EncryptionContext":{"a":"1","a":"2"}}`,
			&kms.EncryptInput{KeyId: aws.String("b"), GrantTokens: []string{"z"}, EncryptionContext: map[string]string{"a": "2"}}},
		{"a null last", "Encrypt", `{"KeyId":"a","KeyId":null,"EncryptionContext":{"a":"1","a":null}}`, &kms.EncryptInput{EncryptionContext: map[string]string{}}},
		{"null elements", "TagResource", `{"Tags":[null,{"TagKey":"k"}]}`, &kms.TagResourceInput{Tags: []types.Tag{{}, {TagKey: aws.String("k")}}}},
		{"escapes", "Encrypt", `{"Key\u0049d":"\u00e9\ud83d\ude00\/\n","Plaintext":"\/\/8="}`, &kms.EncryptInput{KeyId: aws.String("é😀/\n"), Plaintext: []byte{0xff, 0xff}}},
		{"half a surrogate pair", "Encrypt", `{"KeyId":"\ud83d"}`, &kms.EncryptInput{KeyId: aws.String("\ufffd")}},
		{"an enum of no set", "Encrypt", `{"EncryptionAlgorithm":"ROT13"}`, &kms.EncryptInput{EncryptionAlgorithm: "ROT13"}},
		{"empty blob", "Encrypt", `{"Plaintext":""}`, &kms.EncryptInput{Plaintext: []byte{}}},
		{"integers", "GenerateRandom", `{"NumberOfBytes":32}`, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)}},
		{"integers as fractions", "GenerateRandom", `{"NumberOfBytes":3.29E1}`, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)}},
		{"seconds", "ImportKeyMaterial", `{"ValidTo":1700000000}`, &kms.ImportKeyMaterialInput{ValidTo: aws.Time(time.Unix(1700000000, 0).UTC())}},
		{"milliseconds", "ImportKeyMaterial", `{"ValidTo":1699999999.123}`, &kms.ImportKeyMaterialInput{ValidTo: aws.Time(time.UnixMilli(1699999999123).UTC())}},
		{"milliseconds in Java's form", "ImportKeyMaterial", `{"ValidTo":1.699999999123E9}`, &kms.ImportKeyMaterialInput{ValidTo: aws.Time(time.UnixMilli(1699999999123).UTC())}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := DecodeInput(test.operation, []byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, same); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInputsThatAreRefused(t *testing.T) {
	t.Parallel()
	const (
		list   = "Start of list found where not expected"
		object = "Start of structure or map found where not expected."
	)
	tests := []struct{ operation, body, message string }{
		{"Encrypt", ``, ""},
		{"CreateAlias", ``, ""},
		{"Encrypt", `null`, ""},
		{"Encrypt", `[]`, ""},
		{"Encrypt", `"x"`, ""},
		{"Encrypt", `{`, ""},
		{"Encrypt", `{}{}`, ""},
		{"Encrypt", `{"KeyId":"a",}`, ""},
		{"Encrypt", `{'KeyId':'a'}`, ""},
		{"Encrypt", `{"KeyId":tru}`, ""},
		{"Encrypt", `{"KeyId":"` + "\n" + `"}`, ""},
		{"Encrypt", `{"KeyId":"` + "\xff" + `"}`, ""},
		{"Encrypt", `{"KeyId":"\x"}`, ""},
		{"Encrypt", "\ufeff{}", ""},
		{"Encrypt", `{"X":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `}`, ""},
		{"Encrypt", `{"DryRun":1,"KeyId":` /* not JSON wins */, ""},
		{"Encrypt", `{"KeyId":1}`, "NUMBER_VALUE can not be converted to a String"},
		{"Encrypt", `{"KeyId":-1}`, "NUMBER_VALUE can not be converted to a String"},
		{"Encrypt", `{"KeyId":true}`, "TRUE_VALUE can not be converted to a String"},
		{"Encrypt", `{"KeyId":false}`, "FALSE_VALUE can not be converted to a String"},
		{"Encrypt", `{"KeyId":[]}`, list},
		{"Encrypt", `{"KeyId":{}}`, object},
		{"Encrypt", `{"EncryptionAlgorithm":1}`, "NUMBER_VALUE can not be converted to a String"},
		{"Encrypt", `{"DryRun":"true"}`, "STRING_VALUE can not be converted to a Boolean"},
		{"Encrypt", `{"DryRun":1}`, "NUMBER_VALUE can not be converted to a Boolean"},
		{"GenerateRandom", `{"NumberOfBytes":"1"}`, "STRING_VALUE can not be converted to an Integer"},
		{"GenerateRandom", `{"NumberOfBytes":2147483648}`, "NUMBER_VALUE can not be converted to an Integer"},
		{"GenerateRandom", `{"NumberOfBytes":1e400}`, "NUMBER_VALUE can not be converted to an Integer"},
		{"GenerateRandom", `{"NumberOfBytes":[1]}`, list},
		{"ImportKeyMaterial", `{"ValidTo":"2030-01-01T00:00:00Z"}`, "STRING_VALUE can not be converted to a Timestamp"},
		{"ImportKeyMaterial", `{"ValidTo":1e20}`, "NUMBER_VALUE can not be converted to a Timestamp"},
		{"Encrypt", `{"GrantTokens":"t"}`, "Expected list or null"},
		{"Encrypt", `{"GrantTokens":{}}`, object},
		{"Encrypt", `{"GrantTokens":["a",2]}`, "NUMBER_VALUE can not be converted to a String"},
		{"Encrypt", `{"EncryptionContext":"t"}`, "Expected map or null"},
		{"Encrypt", `{"EncryptionContext":[]}`, list},
		{"Encrypt", `{"EncryptionContext":{"a":1}}`, "NUMBER_VALUE can not be converted to a String"},
		{"Decrypt", `{"Recipient":"r"}`, "Expected null"},
		{"Decrypt", `{"Recipient":[]}`, list},
		{"TagResource", `{"Tags":["t"]}`, "Expected null"},
		{"Encrypt", `{"Plaintext":1}`, "NUMBER_VALUE can not be converted to a Blob"},
		{"Encrypt", `{"Plaintext":"YQ"}`, "'YQ' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 2"},
		{"Encrypt", `{"Plaintext":"Y-=="}`, "'Y-==' can not be converted to a Blob: Invalid Base64 character: '-'"},
		{"Encrypt", `{"Plaintext":"Y===Y==="}`, "'Y===Y===' can not be converted to a Blob: Invalid Base64 character: '='"},
		{"Encrypt", `{"Plaintext":"===="}`, "'====' can not be converted to a Blob: Invalid Base64 character: '='"},
		{"Encrypt", `{"Plaintext":"YR=="}`, "'YR==' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"},
		{"Encrypt", `{"Plaintext":"YWFh\r\n\r\n"}`, "'YWFh\r\n\r\n' can not be converted to a Blob: Invalid Base64 character: '\r'"},
	}
	for _, test := range tests {
		input, err := DecodeInput(test.operation, []byte(test.body))
		var e *smithy.GenericAPIError
		if !errors.As(err, &e) || input != nil {
			t.Errorf("%.60s: have %v, %v", test.body, input, err)
			continue
		}
		if e.Code != "SerializationException" || e.Message != test.message || e.Fault != smithy.FaultClient {
			t.Errorf("%.60s:\n got %v\nwant SerializationException: %s", test.body, err, test.message)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err    error
		status int
		body   string
	}{
		{&types.NotFoundException{Message: aws.String(`Key 'k' does not exist`)}, 400, `{"__type":"NotFoundException","message":"Key 'k' does not exist"}`},
		{&types.KMSInvalidSignatureException{}, 400, `{"__type":"KMSInvalidSignatureException"}`},
		{&types.InvalidCiphertextException{Message: aws.String("")}, 400, `{"__type":"InvalidCiphertextException"}`},
		{&types.KMSInvalidStateException{Message: aws.String("m")}, 400, `{"__type":"KMSInvalidStateException","message":"m"}`},
		{&types.AlreadyExistsException{Message: aws.String("m")}, 400, `{"__type":"AlreadyExistsException","message":"m"}`},
		{&types.DryRunOperationException{Message: aws.String("m")}, 400, `{"__type":"DryRunOperationException","message":"m"}`},
		{&types.KMSInternalException{}, 500, `{"__type":"KMSInternalException"}`},
		{&types.DependencyTimeoutException{}, 500, `{"__type":"DependencyTimeoutException"}`},
		{&types.KeyUnavailableException{}, 500, `{"__type":"KeyUnavailableException"}`},
		{&smithy.GenericAPIError{Code: "ThrottlingException", Message: "slow", Fault: smithy.FaultServer}, 500, `{"__type":"ThrottlingException","message":"slow"}`},
		{&smithy.GenericAPIError{Code: "ThrottlingException", Message: "slow"}, 400, `{"__type":"ThrottlingException","message":"slow"}`},
		{&smithy.OperationError{Err: &smithy.GenericAPIError{Code: "ValidationException", Message: "\"\n"}}, 400, `{"__type":"ValidationException","message":"\"\n"}`},
		{&smithy.GenericAPIError{Code: "ServiceUnavailable", Fault: smithy.FaultServer}, 503, `{"__type":"ServiceUnavailable"}`},
		{errors.New("a secret"), 500, `{"__type":"InternalFailure"}`},
		{(*types.NotFoundException)(nil), 500, `{"__type":"InternalFailure"}`},
		{nil, 500, `{"__type":"InternalFailure"}`},
	}
	for _, test := range tests {
		status, body := AppendError(nil, test.err)
		if status != test.status || string(body) != test.body {
			t.Errorf("%v:\n got %d %s\nwant %d %s", test.err, status, body, test.status, test.body)
		}
	}
}
