package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

type options struct {
	dir     string
	tests   []string   // packages
	rounds  [][]string // arguments of the tests
	timeout time.Duration
	workers int
}

// binaries are the tests with all mutants in them.
type binaries struct {
	options
	dir   string // that holds all that was written
	tests []test
}

type test struct {
	binary, dir string
	flags       []string // that every run takes
}

// hasty are flags that keep tests of properties from looking for a smaller failure.
// Only test binaries with such tests know them.
var hasty = []string{"-rapid.shrinktime=0s", "-rapid.nofailfile"}

// chooser is the code with which each mutated package chooses its mutant.
//
//go:embed chooser.go.txt
var chooser string

// build writes the mutated sources and compiles the tests.
func build(ctx context.Context, o options, packages []*source) (*binaries, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	b := &binaries{options: o, dir: dir}
	if err := b.compile(ctx, packages); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return b, nil
}

func (b *binaries) compile(ctx context.Context, packages []*source) error {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	replace := func(path, text string) error {
		to := filepath.Join(b.dir, strconv.Itoa(len(overlay.Replace))+".go")
		overlay.Replace[path] = to
		return os.WriteFile(to, []byte(text), 0o600)
	}
	var patterns []string
	for _, p := range packages {
		for _, f := range p.files {
			if err := replace(f.path, f.mutated()); err != nil {
				return err
			}
		}
		if err := replace(filepath.Join(p.dir, "mutant_chooser.go"), strings.Replace(chooser, "package mutant", "package "+p.name, 1)); err != nil {
			return err
		}
		patterns = append(patterns, p.path)
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return err
	}
	file := filepath.Join(b.dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	tested, err := goCommand(ctx, b.options.dir, append([]string{"list", "-f", "{{.ImportPath}} {{.Dir}}"}, append(patterns, b.options.tests...)...)...)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSpace(string(tested)), "\n") {
		path, dir, _ := strings.Cut(line, " ")
		binary := filepath.Join(b.dir, fmt.Sprintf("%d.test", i))
		if _, err := goCommand(ctx, b.options.dir, "test", "-c", "-vet=off", "-overlay", file, "-o", binary, path); err != nil {
			return err
		}
		if _, err := os.Stat(binary); err != nil {
			continue // it has no tests
		}
		t := test{binary, dir, nil}
		if ok, _ := b.passes(ctx, t, append([]string{"-test.run=^$"}, hasty...), ""); ok {
			t.flags = hasty
		}
		b.tests = append(b.tests, t)
	}
	return nil
}

// mutated is the text of a file with all its edits.
func (f *sourceFile) mutated() string {
	slices.SortStableFunc(f.edits, compareEdits)
	var out bytes.Buffer
	done := 0
	for _, e := range f.edits {
		out.Write(f.text[done:e.at])
		out.WriteString(e.text)
		done = e.at + e.cut
	}
	out.Write(f.text[done:])
	return out.String()
}

// judge finds the fate of all mutants.
func (b *binaries) judge(ctx context.Context, w io.Writer, mutants []*mutant) error {
	reached := filepath.Join(b.dir, "reached")
	for _, args := range b.rounds {
		for _, t := range b.tests {
			if ok, out := b.passes(ctx, t, args, "MUTANTS_REACHED="+reached); !ok {
				return fmt.Errorf("the tests fail without a mutant:\n%s", out)
			}
		}
	}
	text, err := os.ReadFile(reached)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	numbers := map[string]bool{}
	for number := range strings.Lines(string(text)) {
		numbers[strings.TrimSpace(number)] = true
	}
	work := make(chan *mutant)
	var workers sync.WaitGroup
	for range b.workers {
		workers.Go(func() {
			for m := range work {
				m.fate = b.fate(ctx, m)
			}
		})
	}
	for i, m := range mutants {
		if i > 0 && i%100 == 0 {
			fmt.Fprintf(w, "%d of %d mutants\n", i, len(mutants))
		}
		if numbers[m.number()] {
			work <- m
		}
	}
	close(work)
	workers.Wait()
	return ctx.Err()
}

// fate runs the tests with one mutant.
func (b *binaries) fate(ctx context.Context, m *mutant) fate {
	for _, args := range b.rounds {
		for _, t := range b.tests {
			if ok, _ := b.passes(ctx, t, args, "MUTANT="+m.number()); !ok {
				return noticed
			}
		}
	}
	return survived
}

// passes runs one test binary.
func (b *binaries) passes(ctx context.Context, t test, args []string, environment string) (bool, []byte) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.binary, slices.Concat([]string{"-test.failfast"}, t.flags, args)...)
	cmd.Dir = t.dir
	cmd.Env = os.Environ()
	if environment != "" {
		cmd.Env = append(cmd.Env, environment)
	}
	cmd.WaitDelay = time.Second // for what the tests started themselves
	out, err := cmd.CombinedOutput()
	return err == nil, out
}
