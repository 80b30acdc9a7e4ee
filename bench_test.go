package kmsfake_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// The figures of the README. Run them with
//
//	go test -run '^$' -bench . -benchmem .

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		kmsfake.New()
	}
}

func BenchmarkCreateKey(b *testing.B) {
	fake := kmsfake.New(kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: math.MaxInt32}))
	b.ReportAllocs()
	for b.Loop() {
		must(fake.CreateKey(b.Context(), &kms.CreateKeyInput{}))
	}
}

func BenchmarkDescribeKey(b *testing.B) {
	fake, id := withKey("alias/bench")
	for _, name := range []string{id, "alias/bench", "arn:aws:kms:us-east-1:111122223333:alias/bench"} {
		b.Run(kindOf(name), func(b *testing.B) {
			in := &kms.DescribeKeyInput{KeyId: &name}
			b.ReportAllocs()
			for b.Loop() {
				must(fake.DescribeKey(b.Context(), in))
			}
		})
	}
	b.Run("parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			in := &kms.DescribeKeyInput{KeyId: &id}
			for pb.Next() {
				must(fake.DescribeKey(context.Background(), in))
			}
		})
	})
}

func BenchmarkEncrypt(b *testing.B) {
	fake, id := withKey("alias/bench")
	for _, size := range []int{32, 4096} {
		in := &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, size)}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(fake.Encrypt(b.Context(), in))
			}
		})
	}
	b.Run("parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			in := &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, 32)}
			for pb.Next() {
				must(fake.Encrypt(context.Background(), in))
			}
		})
	})
}

func BenchmarkDecrypt(b *testing.B) {
	fake, id := withKey("alias/bench")
	for _, size := range []int{32, 4096} {
		sealed := must(fake.Encrypt(b.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, size)}))
		in := &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(fake.Decrypt(b.Context(), in))
			}
		})
	}
}

// BenchmarkFloorGCM is what Encrypt and Decrypt are measured against.
func BenchmarkFloorGCM(b *testing.B) {
	block := must(aes.NewCipher(make([]byte, 32)))
	aead := must(cipher.NewGCM(block))
	nonce := make([]byte, aead.NonceSize())
	for _, size := range []int{32, 4096} {
		plaintext := make([]byte, size)
		sealed := aead.Seal(nil, nonce, plaintext, nil)
		b.Run(fmt.Sprint("seal/", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				aead.Seal(nil, nonce, plaintext, nil)
			}
		})
		b.Run(fmt.Sprint("open/", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(aead.Open(nil, nonce, sealed, nil))
			}
		})
	}
}

func BenchmarkCreateDeleteAlias(b *testing.B) {
	fake, id := withKey("alias/bench")
	create := &kms.CreateAliasInput{AliasName: aws.String("alias/other"), TargetKeyId: &id}
	remove := &kms.DeleteAliasInput{AliasName: create.AliasName}
	b.ReportAllocs()
	for b.Loop() {
		must(fake.CreateAlias(b.Context(), create))
		must(fake.DeleteAlias(b.Context(), remove))
	}
}

// BenchmarkList takes the second page of 100 of lists of two sizes, and the page
// of a key's own aliases among those of all keys.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		if n > 1000 && testing.Short() {
			continue
		}
		fake, id := kmsfake.New(kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: n})), ""
		for i := range n {
			key := must(fake.CreateKey(b.Context(), nil))
			if i%50 == 0 { // as many aliases as a key can have
				id = *key.KeyMetadata.KeyId
			}
			must(fake.CreateAlias(b.Context(), &kms.CreateAliasInput{AliasName: aws.String(fmt.Sprint("alias/", i)), TargetKeyId: &id}))
		}
		limit := aws.Int32(100)
		b.Run(fmt.Sprint("keys/", n), func(b *testing.B) {
			first := must(fake.ListKeys(b.Context(), &kms.ListKeysInput{Limit: limit}))
			in := &kms.ListKeysInput{Limit: limit, Marker: first.NextMarker}
			b.ReportAllocs()
			for b.Loop() {
				must(fake.ListKeys(b.Context(), in))
			}
		})
		b.Run(fmt.Sprint("aliases/", n), func(b *testing.B) {
			first := must(fake.ListAliases(b.Context(), &kms.ListAliasesInput{Limit: limit}))
			in := &kms.ListAliasesInput{Limit: limit, Marker: first.NextMarker}
			b.ReportAllocs()
			for b.Loop() {
				must(fake.ListAliases(b.Context(), in))
			}
		})
		b.Run(fmt.Sprint("aliases-of-key/", n), func(b *testing.B) {
			in := &kms.ListAliasesInput{Limit: limit, KeyId: &id}
			b.ReportAllocs()
			for b.Loop() {
				must(fake.ListAliases(b.Context(), in))
			}
		})
	}
}

func withKey(alias string) (*kmsfake.Fake, string) {
	fake := kmsfake.New()
	key := must(fake.CreateKey(context.Background(), nil))
	must(fake.CreateAlias(context.Background(), &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: key.KeyMetadata.KeyId}))
	return fake, *key.KeyMetadata.KeyId
}

func kindOf(name string) string {
	switch {
	case name[:3] == "arn":
		return "alias-arn"
	case name[:3] == "ali":
		return "alias"
	}
	return "id"
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
