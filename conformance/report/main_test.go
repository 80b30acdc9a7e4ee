package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"example.com/kmsfake/conformance"
)

var table = []conformance.Scenario{
	{Name: "a", Fact: conformance.Fact{Evidence: conformance.Recorded, From: "here"}, Calls: []conformance.Call{
		{Operation: "CreateKey"}, // given, so nothing is stated of it
		{Operation: "Encrypt", Answer: conformance.Members{}},
	}},
	{Name: "b", Fact: conformance.Fact{Evidence: conformance.Guessed, From: "nowhere"}, Calls: []conformance.Call{
		{Operation: "Encrypt", Refusal: &conformance.Refusal{Code: "X"}},
		{Operation: "Decrypt", Answer: conformance.Members{}},
	}},
	{Name: "c", Fact: conformance.Fact{Evidence: conformance.Documented, From: "there"}, Calls: []conformance.Call{
		{Operation: "Decrypt", Refusal: &conformance.Refusal{Code: "X", WordsGuessed: true}},
	}},
}

func report(t *testing.T, proofs []conformance.Proof, verbose bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, table, proofs, verbose); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// line finds the numbers of an operation.
func line(t *testing.T, text, name string) string {
	t.Helper()
	for l := range strings.Lines(text) {
		if fields := strings.Fields(l); len(fields) > 0 && fields[0] == name {
			return strings.Join(fields[1:], " ")
		}
	}
	return "not there"
}

func TestReport(t *testing.T) {
	t.Parallel()
	have := report(t, nil, true)
	for name, want := range map[string]string{
		"Encrypt": "1 0 0 1 0", "Decrypt": "0 1 0 1 1", "all": "1 1 0 1 1", "CreateKey": "not there",
	} {
		if have := line(t, have, name); have != want {
			t.Errorf("%s: have %s, want %s", name, have, want)
		}
	}
	for _, want := range []string{"\nb (guessed)\n\tnowhere\n", "\nc (words guessed)\n\tthere\n"} {
		if !strings.Contains(have, want) {
			t.Errorf("no %q in %s", want, have)
		}
	}
	if strings.Contains(have, "\na (") {
		t.Error("what is recorded is named as a guess")
	}
	if strings.Contains(report(t, nil, false), "nowhere") {
		t.Error("guesses are named unasked")
	}
}

func TestReportFails(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, len(report(t, nil, false))} {
		if err := write(&full{room}, table, nil, true); err == nil {
			t.Errorf("no error after %d bytes", room)
		}
	}
}

// full is a writer that has room for so many bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("full")
	}
	return len(p), nil
}
