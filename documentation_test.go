package kmsfake_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// publicPackages are the folders with packages that others import.
func publicPackages(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return err
		case slices.Contains([]string{"internal", "testdata", "cmd", "examples"}, d.Name()) || len(path) > 1 && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		}
		if sources, err := filepath.Glob(filepath.Join(path, "*.go")); err != nil || len(sources) > 0 {
			list = append(list, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Every exported name has a doc comment, and an example or a
// test that shows it in use.
func TestEveryExportedNameIsDocumentedAndShown(t *testing.T) {
	t.Parallel()
	for _, folder := range publicPackages(t) {
		t.Run(filepath.ToSlash(folder), func(t *testing.T) {
			t.Parallel()
			files := token.NewFileSet()
			shown := map[string]bool{}
			var sources []*ast.File
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				if filepath.Ext(entry.Name()) != ".go" {
					continue
				}
				file, err := parser.ParseFile(files, filepath.Join(folder, entry.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(entry.Name(), "_test.go") {
					sources = append(sources, file)
					continue
				}
				ast.Inspect(file, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.Ident:
						shown[n.Name] = true
					case *ast.BasicLit: // an operation that is called by its name
						shown[strings.Trim(n.Value, "`\"")] = true
					}
					return true
				})
			}
			for _, file := range sources {
				for _, decl := range file.Decls {
					if d, ok := decl.(*ast.FuncDecl); ok && shown[d.Name.Name] { // and so are the types that it takes and gives
						ast.Inspect(d.Type, func(n ast.Node) bool {
							if name, ok := n.(*ast.Ident); ok {
								shown[name.Name] = true
							}
							return true
						})
					}
				}
			}
			described := false
			for _, file := range sources {
				if file.Name.Name == "main" {
					described = true
					continue
				}
				described = described || file.Doc != nil
				for name, doc := range exportedNames(file) {
					if doc == "" {
						t.Errorf("%s: %s has no doc comment", files.Position(file.Pos()).Filename, name)
					}
					if _, method, ok := strings.Cut(name, "."); ok {
						name = method
					}
					if constant := strings.HasPrefix(name, "const "); !constant && !shown[strings.TrimPrefix(name, "var ")] {
						t.Errorf("%s: no example and no test shows %s", files.Position(file.Pos()).Filename, name)
					}
				}
			}
			if !described {
				t.Error("the package has no doc comment")
			}
		})
	}
}

// exportedNames are the exported names of a file with what is said of them; methods
// after their type.
func exportedNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				receiver := d.Recv.List[0].Type
				if star, ok := receiver.(*ast.StarExpr); ok {
					receiver = star.X
				}
				of, ok := receiver.(*ast.Ident)
				if !ok || !of.IsExported() || name == "String" {
					continue
				}
				name = of.Name + "." + name
			}
			if d.Name.IsExported() {
				names[name] = d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						names[s.Name.Name] = s.Doc.Text() + d.Doc.Text()
					}
				case *ast.ValueSpec:
					for _, name := range s.Names {
						if name.IsExported() {
							names[d.Tok.String()+" "+name.Name] = s.Doc.Text() + s.Comment.Text() + d.Doc.Text()
						}
					}
				}
			}
		}
	}
	return names
}
