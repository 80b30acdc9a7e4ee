package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

func TestTheDemoRunsAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{
		`acme/db-password  "correct horse"`, "took 2 data keys along", "does not exist",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, &out)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTheDemoFailsWhereItCannotWrite(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
	if err := run(context.Background(), &bytes.Buffer{}); err == nil {
		t.Error("no error, though there is no directory for temporary files")
	}
}
