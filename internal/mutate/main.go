// Command mutate finds what the tests do not notice. It breaks the sources in
// small ways (a condition is always false, a statement is dropped, a table cell
// differs, an error is another one, a copy is not made), runs the tests once for
// each, and prints the mutants that they let pass.
//
//	go run ./internal/mutate [flags] FILE|DIRECTORY...
//
// All mutants are compiled at once, into test binaries of which each run chooses
// one; the sources are not touched. A mutant that no test reaches is reported
// without a run.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	survivors, err := run(ctx, os.Stdout, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		log.Fatal(err)
	case survivors > 0:
		os.Exit(1)
	}
}

// run does what the command does, and answers how many mutants were not noticed.
func run(ctx context.Context, w io.Writer, args []string) (survivors int, err error) {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(w)
	var o options
	flags.StringVar(&o.dir, "C", ".", "the module's `directory`")
	tests := flags.String("tests", ".", "`packages` whose tests run, beside those of the mutated packages; separated by commas")
	flags.Func("round", "`arguments` of a run of the tests; given more than once, each run is for the survivors of the one before", func(s string) error {
		o.rounds = append(o.rounds, strings.Fields(s))
		return nil
	})
	flags.DurationVar(&o.timeout, "timeout", time.Minute, "for one run; a mutant that takes longer is noticed")
	flags.IntVar(&o.workers, "j", 2, "runs at once")
	if err := flags.Parse(args); err != nil {
		return 0, err
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 0, flag.ErrHelp
	}
	if o.rounds == nil {
		o.rounds = [][]string{nil}
	}
	packages, err := load(ctx, o.dir, flags.Args())
	if err != nil {
		return 0, err
	}
	var mutants []*mutant
	for _, p := range packages {
		mutants = append(mutants, p.mutate(len(mutants))...)
	}
	o.tests = strings.FieldsFunc(*tests, func(r rune) bool { return r == ',' })
	b, err := build(ctx, o, packages)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(b.dir)
	if err := b.judge(ctx, w, mutants); err != nil {
		return 0, err
	}
	return report(w, mutants), nil
}

// report prints the survivors by place, and how the rest came out.
func report(w io.Writer, mutants []*mutant) (survivors int) {
	slices.SortStableFunc(mutants, func(a, b *mutant) int {
		return cmp.Or(cmp.Compare(a.pos.Filename, b.pos.Filename), a.pos.Line-b.pos.Line, a.pos.Column-b.pos.Column)
	})
	files := map[string]*[3]int{}
	var names []string
	for _, m := range mutants {
		if files[m.pos.Filename] == nil {
			files[m.pos.Filename] = new([3]int)
			names = append(names, m.pos.Filename)
		}
		files[m.pos.Filename][m.fate]++
		if m.fate != noticed {
			survivors++
			fmt.Fprintf(w, "%s:%d:%d: %s: %s\n", m.pos.Filename, m.pos.Line, m.pos.Column, m.fate, m.what)
		}
	}
	for _, name := range names {
		n := files[name]
		fmt.Fprintf(w, "%s: %d mutants, %d noticed, %d survived, %d not reached\n", name, n[0]+n[1]+n[2], n[noticed], n[survived], n[unreached])
	}
	fmt.Fprintf(w, "%d mutants, %d not noticed\n", len(mutants), survivors)
	return survivors
}
