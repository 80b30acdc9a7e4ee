// Command gen turns the service model's input shapes into the constraint
// package's table, and its errors into the service's table of exceptions. Run
// it through go generate in the constraint package.
package main

import (
	_ "embed"
	"log"
	"os"
)

//go:embed model.json
var modelJSON []byte

// Where the tables belong, seen from the constraint package.
const (
	tablePath      = "table.go"
	exceptionsPath = "../service/exceptions.go"
)

func main() {
	log.SetFlags(0)
	m, err := parse(modelJSON)
	if err != nil {
		log.Fatalf("model.json: %v", err)
	}
	for path, render := range map[string]func(*model) ([]byte, error){tablePath: render, exceptionsPath: renderExceptions} {
		source, err := render(m)
		if err != nil {
			log.Fatalf("model.json: %v", err)
		}
		if err := os.WriteFile(path, source, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
