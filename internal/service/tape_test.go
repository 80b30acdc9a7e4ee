package service

import (
	"bytes"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"
)

// A tape gives back every piece as it was written until the piece is dropped,
// whatever sizes come and go, and never grows beyond its limit.
func TestTapeKeepsEveryPiece(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const most = 64
		tp := tape{most: most + smallestTape}
		tp.buf = make([]byte, rapid.IntRange(0, most).Draw(t, "length"))
		type kept struct {
			piece
			want []byte
		}
		var pieces []kept
		drop := func() {
			next := piece{}
			if len(pieces) > 1 {
				next = pieces[1].piece
			}
			tp.drop(next)
			pieces = pieces[1:]
		}
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(pieces) > 0 && rapid.Bool().Draw(t, "drop") {
				drop()
			}
			size := rapid.IntRange(1, 20).Draw(t, "size")
			p, ok := tp.place(size)
			for !ok {
				if rapid.Bool().Draw(t, "grow") && len(tp.buf) < most {
					tp.most = most
					tp.grow(size, func(move func(*piece)) {
						for i := range pieces {
							move(&pieces[i].piece)
						}
					})
				} else if len(pieces) > 0 {
					drop()
				} else if len(tp.buf) < size {
					return // nothing is on the tape, and it is too short
				}
				p, ok = tp.place(size)
			}
			want := bytes.Repeat([]byte{byte(i)}, size)
			copy(tp.bytes(p), want)
			pieces = append(pieces, kept{p, want})
			for _, k := range pieces {
				if got := tp.bytes(k.piece); !bytes.Equal(got, k.want) {
					t.Fatalf("a piece of %d bytes reads %v, written %v", k.size, got, k.want)
				}
			}
			if len(tp.buf) > most {
				t.Fatalf("the tape has %d bytes, at most %d", len(tp.buf), most)
			}
		}
	})
}

// A journal whose tape is full keeps the newest calls, however large they are.
func TestJournalGoesRoundItsTape(t *testing.T) {
	t.Parallel()
	a := New(Config{Seed: 1, Journal: JournalCalls})
	a.journal.bytes = 64 << 10
	a.journal.tape.most = 64<<10 + 2*recordLimit + 1
	who := Administrator("111122223333", "us-east-1")
	_, _, err := CreateKey.Do(t.Context(), a, who, &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	const calls = 3000
	for i := range calls {
		if _, _, err := GenerateRandom.Do(t.Context(), a, who, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(int32(1 + i%900))}); err != nil {
			t.Fatal(err)
		}
	}
	got := a.Calls()
	if len(got) == 0 || len(got) >= calls {
		t.Fatalf("the journal has %d calls", len(got))
	}
	for i, call := range got {
		n := 1 + (calls-len(got)+i)%900
		if size := len(call.Output.(*kms.GenerateRandomOutput).Plaintext); size != n {
			t.Fatalf("call %d of the journal answered %d bytes, asked for %d", i, size, n)
		}
	}
	if len(a.journal.tape.buf) > a.journal.tape.most {
		t.Errorf("the tape has %d bytes", len(a.journal.tape.buf))
	}
}
