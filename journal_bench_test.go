package kmsfake_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// What the journal and faults for other operations add to a call.
func BenchmarkJournal(b *testing.B) {
	for _, bench := range []struct {
		name    string
		options []kmsfake.Option
		faults  int
	}{
		{"no journal", []kmsfake.Option{kmsfake.WithJournal(0)}, 0},
		{"journal", nil, 0},
		{"journal, 100 faults for other operations", nil, 100},
	} {
		fake := kmsfake.New(bench.options...)
		for range bench.faults {
			fake.Inject(kmsfake.Fault{Operation: "Decrypt", Error: kmsfake.Timeout})
		}
		created, err := fake.CreateKey(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		in := &kms.DescribeKeyInput{KeyId: created.KeyMetadata.KeyId}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fake.DescribeKey(b.Context(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Parallel calls must not queue at the journal.
func BenchmarkJournalInParallel(b *testing.B) {
	for _, bench := range []struct {
		name  string
		calls int
		procs int
	}{{"no journal", 0, 1}, {"no journal", 0, 2}, {"journal", 10_000, 1}, {"journal", 10_000, 2}} {
		procs := bench.procs
		fake := kmsfake.New(kmsfake.WithJournal(bench.calls))
		created, err := fake.CreateKey(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		id := created.KeyMetadata.KeyId
		for name, call := range map[string]func() error{
			"DescribeKey": func() error {
				_, err := fake.DescribeKey(b.Context(), &kms.DescribeKeyInput{KeyId: id})
				return err
			},
			"Encrypt": func() error {
				_, err := fake.Encrypt(b.Context(), &kms.EncryptInput{KeyId: aws.String(*id), Plaintext: make([]byte, 32)})
				return err
			},
		} {
			b.Run(fmt.Sprintf("%s/%s/%d", name, bench.name, procs), func(b *testing.B) {
				done := make(chan error, procs)
				for range procs {
					go func() {
						for range b.N / procs {
							if err := call(); err != nil {
								done <- err
								return
							}
						}
						done <- nil
					}()
				}
				for range procs {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
