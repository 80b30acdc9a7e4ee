package kmsrapid

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/smithy-go"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// file is the source of the test.
func (w *writer) file() string {
	var b strings.Builder
	b.WriteString("package kms_test\n\nIMPORTS\n\n")
	fmt.Fprintf(&b, "func %s(t *testing.T) {\n", testName(w.test))
	if strings.Contains(strings.Join(w.makers, ""), "allowAll") {
		fmt.Fprintf(&b, "const allowAll = `%s`\n", allowAll)
	}
	b.WriteString("ctx := t.Context()\n")
	w.writeFake(&b)
	for _, maker := range w.makers {
		fmt.Fprintf(&b, "%s := %s\n", w.handles[maker], maker)
	}
	for _, s := range w.steps {
		w.writeStep(&b, s)
	}
	b.WriteString("\n// Here the property fails. Put what must hold in this place.\n")
	failure := w.failure
	if failure == "" {
		failure = "the property fails"
	}
	fmt.Fprintf(&b, "t.Fatal(%q)\n}\n", failure)
	return withImports(b.String())
}

func (w *writer) writeFake(b *strings.Builder) {
	fmt.Fprintf(b, "start := %s\nfake := kmsfake.New(\n", moment(w.begun))
	if w.more {
		b.WriteString("// The options that were given to kmsrapid.With go here.\n")
	}
	if w.fake.Region() != region {
		fmt.Fprintf(b, "kmsfake.WithRegion(%q),\n", w.fake.Region())
	}
	if w.fake.Account() != account {
		fmt.Fprintf(b, "kmsfake.WithAccount(%q),\n", w.fake.Account())
	}
	fmt.Fprintf(b, "kmsfake.WithSeed(%d),\nkmsfake.WithClock(func() time.Time { return start }),\n", seed)
	if len(w.keys) > 0 {
		b.WriteString("kmsfake.WithKeys(\n")
		for _, k := range w.keys {
			b.WriteString((&source{}).literal(k) + ",\n")
		}
		b.WriteString("),\n")
	}
	b.WriteString(")\n")
}

func (w *writer) writeStep(b *strings.Builder, s step) {
	b.WriteString("\n" + s.before)
	switch {
	case s.refused != "":
		fmt.Fprintf(b, "// %s\nif _, err := %s; err == nil%s {\nt.Errorf(%q, err)\n}\n", s.refused, s.call, otherCode(s.code), s.name+": %v")
	case s.variable != "":
		fmt.Fprintf(b, "%s, err := %s\nif err != nil {\nt.Fatal(err)\n}\n", s.variable, s.call)
	default:
		fmt.Fprintf(b, "if _, err := %s; err != nil {\nt.Fatal(err)\n}\n", s.call)
	}
}

// otherCode is a condition for errors that are not of a kind of exception.
func otherCode(code string) string {
	if code == "" {
		return ""
	}
	return fmt.Sprintf(" || !strings.Contains(err.Error(), %q)", code)
}

// testName is a name for a test like another.
func testName(like string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			return r
		}
		return '_'
	}, like)
	return "Test" + strings.TrimPrefix(name, "Test") + "_shrunk"
}

// packages are those that the source of a test may use, in the order of import.
var packages = []struct{ name, path string }{
	{"errors", "errors"},
	{"strings", "strings"},
	{"testing", "testing"},
	{"time", "time"},
	{"aws", "github.com/aws/aws-sdk-go-v2/aws"},
	{"kms", "github.com/aws/aws-sdk-go-v2/service/kms"},
	{"types", "github.com/aws/aws-sdk-go-v2/service/kms/types"},
	{"smithy", "github.com/aws/smithy-go"},
	{"kmsfake", "example.com/kmsfake"},
}

// withImports puts in the imports that the source needs, and formats it.
func withImports(source string) string {
	head, tail, _ := strings.Cut(source, "IMPORTS")
	parsed, err := parser.ParseFile(token.NewFileSet(), "", head+tail, 0)
	if err != nil {
		return source
	}
	used := map[string]bool{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok {
				used[name.Name] = true
			}
		}
		return true
	})
	groups := []string{"", "", ""}
	for _, p := range packages {
		group := slices.IndexFunc([]bool{!strings.Contains(p.path, "."), strings.HasPrefix(p.path, "github.com/"), true}, func(in bool) bool { return in })
		if used[p.name] {
			groups[group] += fmt.Sprintf("%q\n", p.path)
		}
	}
	groups = slices.DeleteFunc(groups, func(g string) bool { return g == "" })
	formatted, err := format.Source([]byte(head + "import (\n" + strings.Join(groups, "\n") + ")" + tail))
	if err != nil {
		return source
	}
	return string(formatted)
}

// faultSource is a fault that affects the next call as the call was affected.
func faultSource(c kmsfake.Call) string {
	parts := []string{fmt.Sprintf("Operation: %q, Times: 1", c.Operation)}
	if c.Fault.Delay > 0 {
		parts = append(parts, "Delay: "+span(c.Fault.Delay))
	}
	if c.Fault.Error != nil {
		parts = append(parts, "Error: "+errorSource(c.Fault.Error))
	}
	if c.Fault.Applied {
		parts = append(parts, "Applied: true")
	}
	return "kmsfake.Fault{" + strings.Join(parts, ", ") + "}"
}

func errorSource(err error) string {
	switch e := err.(type) {
	case service.Kind:
		return "kmsfake." + string(e)
	case service.ConnectionFailure:
		return fmt.Sprintf("kmsfake.ConnectionFailure(%q)", string(e))
	case *service.Forced:
		return "kmsfake.Forced(" + errorSource(e.Err) + ")"
	case *smithy.GenericAPIError:
		return fmt.Sprintf("&smithy.GenericAPIError{Code: %q, Message: %q}", e.Code, e.Message)
	case smithy.APIError:
		if e.ErrorMessage() == "" {
			return fmt.Sprintf("&types.%s{}", e.ErrorCode())
		}
		return fmt.Sprintf("&types.%s{Message: aws.String(%q)}", e.ErrorCode(), e.ErrorMessage())
	default:
		return fmt.Sprintf("errors.New(%q)", err.Error())
	}
}

// inWords is an error in one line, without what is the SDK's.
func inWords(err error) string {
	var exception smithy.APIError
	text := err.Error()
	if errors.As(err, &exception) {
		text = exception.ErrorCode()
		if words := exception.ErrorMessage(); words != "" {
			text += ": " + words
		}
	}
	return strings.Join(strings.Fields(text), " ")
}
