// Command gen turns the service model's input shapes into the constraint
// package's table. Run it through go generate in that package.
package main

import (
	_ "embed"
	"log"
	"os"
)

//go:embed model.json
var modelJSON []byte

// tablePath is where the table belongs, seen from the constraint package.
const tablePath = "table.go"

func main() {
	log.SetFlags(0)
	m, err := parse(modelJSON)
	if err != nil {
		log.Fatalf("model.json: %v", err)
	}
	source, err := render(m)
	if err != nil {
		log.Fatalf("model.json: %v", err)
	}
	if err := os.WriteFile(tablePath, source, 0o644); err != nil {
		log.Fatal(err)
	}
}
