package main

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// The README tells what the service does.
func TestReadmeIsFresh(t *testing.T) {
	t.Parallel()
	have, err := os.ReadFile("../../" + readme)
	if err != nil {
		t.Fatal(err)
	}
	want, err := replace(have)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("the table of operations in %s is stale: run go generate .", readme)
	}
}

// The table has every operation of the SDK, once, in order, and three columns.
func TestTableHasEveryOperation(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(table()), "\n")[2:]
	client := reflect.TypeFor[*kms.Client]()
	n := 0
	for m := range client.NumMethod() {
		method := client.Method(m)
		if method.Type.NumIn() != 4 || method.Type.In(2).String() != "*kms."+method.Name+"Input" {
			continue
		}
		if n >= len(lines) || !strings.HasPrefix(lines[n], "| "+method.Name+" |") || strings.Count(lines[n], "|") != 4 {
			t.Fatalf("line %d is not about %s", n, method.Name)
		}
		n++
	}
	if n != len(lines) || n != 56 {
		t.Errorf("%d operations, %d lines", n, len(lines))
	}
	for line, want := range map[string]string{
		"ListKeys":          "| ListKeys | – | DependencyTimeout, InvalidMarker, KMSInternal |",
		"DescribeKey":       "| DescribeKey | all | DependencyTimeout, InvalidArn, KMSInternal, NotFound |",
		"CancelKeyDeletion": "| CancelKeyDeletion | PendingDeletion, PendingReplicaDeletion | DependencyTimeout, InvalidArn, KMSInternal, KMSInvalidState, NotFound |",
	} {
		if !strings.Contains(table(), want+"\n") {
			t.Errorf("%s is not in the table as\n%s", line, want)
		}
	}
}

func TestReplaceNeedsMarks(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", begin, end + begin} {
		if out, err := replace([]byte(text)); err == nil {
			t.Errorf("%q became %q", text, out)
		}
	}
	out, err := replace([]byte("a\n" + begin + "old\n" + end + "z\n"))
	if err != nil || string(out) != "a\n"+begin+table()+end+"z\n" {
		t.Errorf("%q, %v", out, err)
	}
}
