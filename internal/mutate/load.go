package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is a package with its types, and those of its files that are to be
// mutated.
type source struct {
	path  string // import path
	dir   string
	name  string
	fset  *token.FileSet
	files []*sourceFile
	info  *types.Info
	types *types.Package
}

type sourceFile struct {
	path   string // as the go command names it
	shown  string // relative to the module
	syntax *ast.File
	text   []byte
	edits  []edit
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	Export     string
	GoFiles    []string
	DepOnly    bool
}

// load reads the packages of files and directories.
func load(ctx context.Context, dir string, args []string) ([]*source, error) {
	chosen := map[string]map[string]bool{} // files by directory; all where there are none
	var patterns []string
	for _, arg := range args {
		folder, file := filepath.Clean(arg), ""
		if strings.HasSuffix(arg, ".go") {
			folder, file = filepath.Dir(arg), filepath.Base(arg)
		}
		if chosen[folder] == nil {
			chosen[folder] = map[string]bool{}
			patterns = append(patterns, "./"+filepath.ToSlash(folder))
		}
		if file != "" {
			chosen[folder][file] = true
		}
	}
	list, err := list(ctx, dir, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range list {
		exports[p.ImportPath] = p.Export
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var packages []*source
	for _, l := range list {
		if l.DepOnly {
			continue
		}
		folder, err := filepath.Rel(root, l.Dir)
		if err != nil {
			return nil, err
		}
		p, err := l.parse(folder, chosen[folder], exports)
		if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
	return packages, nil
}

func list(ctx context.Context, dir string, patterns []string) ([]*listed, error) {
	out, err := goCommand(ctx, dir, append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	var list []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, &p)
	}
}

func (l *listed) parse(folder string, chosen map[string]bool, exports map[string]string) (*source, error) {
	p := &source{path: l.ImportPath, dir: l.Dir, fset: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
	}}
	var all []*ast.File
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(p.fset, path, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		all = append(all, syntax)
		p.name = syntax.Name.Name
		if !ast.IsGenerated(syntax) && (len(chosen) == 0 || chosen[name]) {
			p.files = append(p.files, &sourceFile{path: path, shown: filepath.ToSlash(filepath.Join(folder, name)), syntax: syntax, text: text})
		}
	}
	for name := range chosen {
		if !slices.Contains(l.GoFiles, name) {
			return nil, fmt.Errorf("%s is no source of %s", name, l.ImportPath)
		}
	}
	config := types.Config{Importer: importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	var err error
	p.types, err = config.Check(l.ImportPath, p.fset, all, p.info)
	return p, err
}

// goCommand runs the go command and answers what it prints.
func goCommand(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s%s", args[0], err, out, stderr.Bytes())
	}
	return out, nil
}
