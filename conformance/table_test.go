package conformance

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// operations are those of the SDK, read off its client.
func operations() []string {
	var names []string
	api := reflect.TypeFor[kmsfake.API]()
	for i := range api.NumMethod() {
		names = append(names, api.Method(i).Name)
	}
	return names
}

func TestEveryOperationHasAScenario(t *testing.T) {
	t.Parallel()
	if n := len(operations()); n < 56 {
		t.Fatalf("the SDK has %d operations", n)
	}
	told := map[string]bool{}
	for _, s := range Scenarios() {
		for _, operation := range s.Operations() {
			told[operation] = true
		}
	}
	for _, operation := range operations() {
		if !told[operation] {
			t.Errorf("no scenario states anything of %s", operation)
		}
	}
}

func TestScenariosAreWellFormed(t *testing.T) {
	t.Parallel()
	scenarios := Scenarios()
	if len(scenarios) < 150 {
		t.Errorf("%d scenarios", len(scenarios))
	}
	named := map[string]bool{}
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			if named[s.Name] || strings.TrimSpace(s.Name) == "" || strings.ContainsAny(s.Name, "\t\n") {
				t.Error("the name is not unique, or cannot be a name")
			}
			named[s.Name] = true
			if s.Fact.From == "" {
				t.Error("it does not say where it is known from")
			}
			if len(s.Operations()) == 0 {
				t.Error("it states nothing")
			}
			for i, c := range s.Calls {
				if err := wellFormed(c, s.Fact); err != "" {
					t.Errorf("call %d, %s: %s", i+1, c.Operation, err)
				}
			}
		})
	}
}

// wellFormed says what is wrong with a call by itself.
func wellFormed(c Call, fact Fact) string {
	method, isOperation := reflect.TypeFor[*kms.Client]().MethodByName(c.Operation)
	reserved := []string{"account", "region", "other", "partition", "root", "run", "alias"}
	switch {
	case c.Advance < 0:
		return "time goes back"
	case c.Advance > 0:
		if c.Operation != "" || c.Input != nil {
			return "it is a call and time that passes"
		}
		return ""
	case !isOperation:
		return "no such operation"
	case slices.Contains(reserved, c.Keep):
		return c.Keep + " has a meaning already"
	case c.Refusal != nil && c.Answer != nil:
		return "it succeeds and fails"
	case c.Refusal != nil && c.Refusal.Message == nil:
		return "its refusal has no message, not even an empty one"
	case c.Refusal != nil && c.Keep != "":
		return "what fails is kept"
	case c.Refusal != nil && c.Refusal.WordsGuessed && fact.Evidence == Recorded:
		return "recorded words are no guess"
	}
	input := method.Type.In(2).Elem()
	for name := range c.Input {
		if _, ok := input.FieldByName(name); !ok {
			return "the input has no member " + name
		}
	}
	output := method.Type.Out(0).Elem()
	if answer, ok := c.Answer.(Members); ok {
		for name := range answer {
			if _, ok := output.FieldByName(name); !ok {
				return "the output has no member " + name
			}
		}
	}
	return ""
}

func TestWhatIsNotRecordedSaysWhy(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`^https://docs\.aws\.amazon\.com/|^FIPS `)
	for _, s := range Scenarios() {
		if s.Fact.Evidence == Documented && !link.MatchString(s.Fact.From) {
			t.Errorf("%s: %q is not where it is documented", s.Name, s.Fact.From)
		}
	}
}

func TestScenariosAreNotShared(t *testing.T) {
	t.Parallel()
	one := Scenarios()
	one[0].Name = "changed"
	if Scenarios()[0].Name == "changed" {
		t.Error("a caller's change shows to others")
	}
}
