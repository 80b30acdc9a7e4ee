package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of a package that is tested for some of what it does, the rest is found.
func TestWeakTestsAreFound(t *testing.T) {
	t.Parallel()
	before, err := os.ReadFile("testdata/weak/weak.go")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	survivors, err := run(t.Context(), &out, []string{"-C", "testdata/weak", "-round", "-test.short", "-round", "", "-timeout", "20s", "weak.go"})
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	want := `weak.go:12:15: survived: "++" instead of "+-"
weak.go:13:15: survived: "-+" instead of "-!"
weak.go:16:70: survived: "++" instead of "!+"
weak.go:24:61: survived: not true
weak.go:35:20: survived: l.exact is false
weak.go:35:31: survived: n != l.most is false
weak.go:36:11: survived: another error than refuse(name)
weak.go:40:9: survived: another error than refuse("unknown")
weak.go:43:41: survived: another error than errors.New("refused: " + name)
weak.go:47:11: survived: no copy in slices.Clone(list)
weak.go:56:2: not reached: without n++
weak.go:57:9: not reached: n < 3 is false
weak.go:57:9: not reached: n < 3 is true
weak.go:57:9: not reached: <= instead of < in n < 3
weak.go: 36 mutants, 22 noticed, 10 survived, 4 not reached
36 mutants, 14 not noticed
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	if lines := strings.Count(want, "\n") - 2; survivors != lines {
		t.Errorf("%d survivors, and %d are shown", survivors, lines)
	}
	if after, err := os.ReadFile("testdata/weak/weak.go"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source has changed: %v", err)
	}
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                         flag.ErrHelp.Error(),
		"-C testdata/weak none.go": "none.go is no source of example.com/weak",
		"-C testdata/weak ./none":  "none",
		"-C testdata/weak -x .":    "flag provided but not defined: -x",
		"-C testdata/weak -round -test.no-such .": "the tests fail without a mutant",
		"-C testdata/weak -tests ./none .":        "none",
	} {
		var out bytes.Buffer
		if _, err := run(t.Context(), &out, strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("mutate %s: %v, want %q", args, err, want)
		}
	}
}
