// Command operationtable writes the table of operations in README.md, between two
// marks, from the tables that the service works by.
//
// Run it in the root of the module: go generate .
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"example.com/kmsfake/internal/service"
)

const (
	readme = "README.md"
	begin  = "<!-- operations: go generate . -->\n"
	end    = "<!-- end of operations -->\n"
)

func main() {
	log.SetFlags(0)
	check := flag.Bool("check", false, "write nothing; fail if the file would change")
	flag.Parse()
	have, err := os.ReadFile(readme)
	if err != nil {
		log.Fatal(err)
	}
	want, err := replace(have)
	switch {
	case err != nil:
		log.Fatal(err)
	case bytes.Equal(have, want):
	case *check:
		log.Fatalf("%s is stale: run go generate .", readme)
	default:
		if err := os.WriteFile(readme, want, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// replace puts the table in its place.
func replace(text []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(begin))
	if !ok {
		return nil, fmt.Errorf("%s has no line %q", readme, strings.TrimSpace(begin))
	}
	_, after, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return nil, fmt.Errorf("%s has no line %q", readme, strings.TrimSpace(end))
	}
	return bytes.Join([][]byte{before, []byte(begin + table() + end), after}, nil), nil
}

func table() string {
	var b strings.Builder
	b.WriteString("| operation | goes on in key states | exceptions |\n| --- | --- | --- |\n")
	for _, name := range service.Names() {
		var thrown []string
		for _, exception := range service.Exceptions(name) {
			thrown = append(thrown, strings.TrimSuffix(exception, "Exception"))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, keyStates(name), strings.Join(thrown, ", "))
	}
	return b.String()
}

func keyStates(operation string) string {
	works, ok := service.KeyStates(operation)
	if !ok {
		return "–"
	}
	all, _ := service.KeyStates("DescribeKey")
	if len(works) == len(all) {
		return "all"
	}
	var names []string
	for _, state := range works {
		names = append(names, string(state))
	}
	return strings.Join(names, ", ")
}
