package constraint_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/constraint"
)

// goodInputs break nothing.
var goodInputs = []struct {
	operation string
	input     any
}{
	{"DescribeKey", &kms.DescribeKeyInput{KeyId: aws.String(keyID)}},
	{"CreateAlias", &kms.CreateAliasInput{AliasName: aws.String("alias/payments/production"), TargetKeyId: aws.String(keyID)}},
	{"Encrypt", &kms.EncryptInput{KeyId: aws.String(keyID), Plaintext: make([]byte, 32), EncryptionContext: map[string]string{"tenant": "a"}}},
	{"CreateKey", &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify, Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}}}},
	{"PutKeyPolicy", &kms.PutKeyPolicyInput{KeyId: aws.String(keyID), Policy: aws.String(strings.Repeat(`{"Version":"2012-10-17"}`, 40))}},
}

// Inputs that break nothing cost no memory.
func TestGoodInputsAllocateNothing(t *testing.T) {
	for _, g := range goodInputs {
		n := testing.AllocsPerRun(100, func() {
			if message, ok := constraint.CheckAll(g.operation, g.input); !ok {
				t.Fatal(message)
			}
			if err := constraint.MissingRequired(g.operation, g.input); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", g.operation, n)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, g := range goodInputs {
		b.Run(g.operation, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				constraint.Check(g.operation, g.input)
			}
		})
	}
	b.Run("failing", func(b *testing.B) {
		b.ReportAllocs()
		in := &kms.CreateAliasInput{AliasName: aws.String("alias/a b"), TargetKeyId: aws.String(keyID)}
		for b.Loop() {
			constraint.Check("CreateAlias", in)
		}
	})
}

func BenchmarkMissingRequired(b *testing.B) {
	for _, g := range goodInputs[:2] {
		b.Run(g.operation, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = constraint.MissingRequired(g.operation, g.input)
			}
		})
	}
}
