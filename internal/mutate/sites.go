package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"
)

// mutant is one small change of the sources.
type mutant struct {
	id   int
	pos  token.Position
	what string
	fate fate
}

type fate int

const (
	unreached fate = iota // no test runs the code
	noticed               // a test fails
	survived              // all tests pass
)

func (f fate) String() string { return [...]string{"not reached", "noticed", "survived"}[f] }

// mutator finds the places of one file.
type mutator struct {
	*source
	file    *sourceFile
	next    int
	mutants []*mutant
	loops   map[ast.Expr]bool // conditions of loops
	blocks  map[ast.Stmt]bool // statements that may be dropped
}

// mutate finds all mutants of a package, whose numbers begin after the given one,
// and notes how the sources are to be edited for them.
func (p *source) mutate(after int) []*mutant {
	var all []*mutant
	for _, f := range p.files {
		m := &mutator{source: p, file: f, next: after + len(all), loops: map[ast.Expr]bool{}, blocks: map[ast.Stmt]bool{}}
		ast.Inspect(f.syntax, m.visit)
		all = append(all, m.mutants...)
	}
	return all
}

// mark numbers one more mutant of the place.
func (m *mutator) mark(n ast.Node, what string) int {
	m.next++
	pos := m.fset.Position(n.Pos())
	pos.Filename = m.file.shown
	m.mutants = append(m.mutants, &mutant{id: m.next, pos: pos, what: what})
	return m.next
}

func (m *mutator) text(n ast.Node) string {
	return string(m.file.text[m.offset(n.Pos()):m.offset(n.End())])
}

func (m *mutator) offset(p token.Pos) int { return m.fset.Position(p).Offset }

// wrap puts text around a node.
func (m *mutator) wrap(n ast.Node, before, after string) {
	from, to := m.offset(n.Pos()), m.offset(n.End())
	m.file.edits = append(m.file.edits,
		edit{at: from, size: to - from, text: before}, edit{at: to, size: from - to, text: after})
}

func (m *mutator) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		m.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			m.loops[n.Cond] = true
			m.condition(n.Cond)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, clause := range n.Body.List {
				for _, e := range clause.(*ast.CaseClause).List {
					m.condition(e)
				}
			}
		}
	case *ast.ReturnStmt:
		m.results(n)
	case *ast.BlockStmt:
		m.droppable(n.List)
	case *ast.CaseClause:
		m.droppable(n.Body)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			m.statement(n)
		}
	case *ast.IncDecStmt:
		m.statement(n)
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && !unsafeToDrop.MatchString(m.text(call.Fun)) {
			m.statement(n)
		}
	case *ast.BinaryExpr:
		m.binary(n)
	case *ast.CallExpr:
		m.copying(n)
	case *ast.CompositeLit:
		m.elements(n)
	case *ast.GenDecl:
		m.cells(n)
	}
	return true
}

// unsafeToDrop are calls without which a program hangs or does not compile.
var unsafeToDrop = regexp.MustCompile(`(?i)^panic$|lock$|\.(Add|Done|Wait)$`)

// condition mutates the operands of && and || of a condition to true and false.
func (m *mutator) condition(e ast.Expr) {
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			if m.loops[e] {
				m.loops[x.X], m.loops[x.Y] = true, true
			}
			m.condition(x.X)
			m.condition(x.Y)
			return
		}
	case *ast.UnaryExpr:
		if x.Op == token.NOT && !m.loops[e] {
			m.condition(x.X)
			return
		}
	}
	if m.info.Types[e].Value != nil {
		return
	}
	no := m.mark(e, m.text(e)+" is false")
	yes := 0
	// A loop would not end, and a nil error is no error.
	if !m.loops[e] && !strings.HasSuffix(m.text(e), "err != nil") {
		yes = m.mark(e, m.text(e)+" is true")
	}
	m.wrap(e, fmt.Sprintf("mutantForce(%d, %d, ", no, yes), ")")
}

// results mutates what is returned: conditions, and errors.
func (m *mutator) results(n *ast.ReturnStmt) {
	for _, e := range n.Results {
		switch t := m.info.Types[e]; {
		case t.Type == nil:
		case isBool(t.Type) && t.Value != nil:
			m.wrap(e, fmt.Sprintf("mutantNot(%d, ", m.mark(e, "not "+m.text(e))), ")")
		case isBool(t.Type):
			m.condition(e)
		}
	}
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	if _, ok := last.(*ast.CallExpr); ok && types.Identical(m.info.Types[last].Type, types.Universe.Lookup("error").Type()) {
		m.wrap(last, fmt.Sprintf("mutantError(%d, ", m.mark(last, "another error than "+m.text(last))), ")")
	}
}

func (m *mutator) droppable(list []ast.Stmt) {
	for _, s := range list {
		m.blocks[s] = true
	}
}

func (m *mutator) statement(s ast.Stmt) {
	if m.blocks[s] && !strings.HasPrefix(m.text(s), "_ = ") {
		m.wrap(s, fmt.Sprintf("if mutantKeeps(%d) { ", m.mark(s, "without "+strings.Join(strings.Fields(m.text(s)), " "))), " }")
	}
}

var boundaries = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

// binary mutates the bounds of comparisons and the sign of sums.
func (m *mutator) binary(n *ast.BinaryExpr) {
	t := m.info.Types[n.X].Type
	if t == nil || m.info.Types[n].Value != nil {
		return
	}
	other, function := boundaries[n.Op], "mutantBoundary"
	if other == "" {
		if n.Op != token.ADD && n.Op != token.SUB || !isInteger(m.info.Types[n].Type) {
			return
		}
		function = "mutantSum"
		other = map[token.Token]string{token.ADD: "-", token.SUB: "+"}[n.Op]
	}
	id := m.mark(n, fmt.Sprintf("%s instead of %s in %s", other, n.Op, m.text(n)))
	m.wrap(n, fmt.Sprintf("%s(%d, %q, ", function, id, n.Op), ")")
	at := m.offset(n.OpPos)
	m.file.edits = append(m.file.edits, edit{at: at, cut: len(n.Op.String()), text: ","})
}

// copies are the names of functions that copy their argument.
var copies = regexp.MustCompile(`(?i)clone|copy`)

// copying mutates copies to what they were made from.
func (m *mutator) copying(n *ast.CallExpr) {
	if len(n.Args) != 1 || !copies.MatchString(m.text(n.Fun)) {
		return
	}
	from, to := m.info.Types[n.Args[0]], m.info.Types[n]
	if from.Value != nil || from.Type == nil || to.Type == nil || !types.Identical(from.Type, to.Type) {
		return
	}
	m.wrap(n, fmt.Sprintf("mutantValue(%d, ", m.mark(n, "no copy in "+m.text(n))), ", "+m.text(n.Args[0])+")")
}

// elements mutates the constants in a composite literal.
func (m *mutator) elements(n *ast.CompositeLit) {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		t := m.info.Types[e]
		if t.Value == nil {
			continue
		}
		name := types.TypeString(t.Type, func(p *types.Package) string {
			if p == m.types {
				return ""
			}
			return p.Name()
		})
		switch t.Value.Kind() {
		case constant.String:
			if cells.MatchString(m.text(e)) {
				m.row(e, name)
				continue
			}
			other := `""`
			if constant.StringVal(t.Value) == "" {
				other = `"mutant"`
			}
			m.wrap(e, fmt.Sprintf("mutantValue[%s](%d, ", name, m.mark(e, other+" instead of "+m.text(e))), ", "+other+")")
		case constant.Bool:
			m.wrap(e, fmt.Sprintf("mutantNot(%d, ", m.mark(e, "not "+m.text(e))), ")")
		case constant.Int:
			if isInteger(t.Type) {
				m.wrap(e, fmt.Sprintf("mutantValue[%s](%d, ", name, m.mark(e, m.text(e)+" + 1")), ", "+m.text(e)+" + 1)")
			}
		}
	}
}

// cells are the literals that are rows of a table, a character a cell.
var cells = regexp.MustCompile(`^"[+!-]{2,}"$`)

// cells mutates the rows of tables that are constants with a name. They become
// variables.
func (m *mutator) cells(n *ast.GenDecl) {
	if n.Tok != token.CONST {
		return
	}
	var rows []*ast.ValueSpec
	for _, spec := range n.Specs {
		s := spec.(*ast.ValueSpec)
		if len(s.Values) != 1 || s.Type == nil || !cells.MatchString(m.text(s.Values[0])) {
			return
		}
		rows = append(rows, s)
	}
	m.file.edits = append(m.file.edits, edit{at: m.offset(n.Pos()), cut: len("const"), text: "var"})
	for _, s := range rows {
		m.row(s.Values[0], m.text(s.Type))
	}
}

// row mutates each cell of a row.
func (m *mutator) row(e ast.Expr, typeName string) {
	text := m.text(e)
	before, after := "", ""
	for i := 1; i < len(text)-1; i++ {
		other := byte('+')
		if text[i] == '+' {
			other = '-'
		}
		changed := text[:i] + string(other) + text[i+1:]
		before += fmt.Sprintf("mutantValue[%s](%d, ", typeName, m.mark(e, changed+" instead of "+text))
		after = ", " + changed + ")" + after
	}
	m.wrap(e, before, after)
}

func isBool(t types.Type) bool { return isBasic(t, types.IsBoolean) }

func isInteger(t types.Type) bool { return isBasic(t, types.IsInteger) }

func isBasic(t types.Type, kind types.BasicInfo) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&kind != 0
}

// edit puts text in the place of cut bytes. Of texts around nodes that begin or
// end at the same byte, size keeps the order: positive before a node, negative
// after it.
type edit struct {
	at, cut, size int
	text          string
}

// compareEdits orders edits as they stand in the text: ends of inner nodes, ends
// of outer ones, beginnings of outer nodes, beginnings of inner ones.
func compareEdits(a, b edit) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(rank(a), rank(b)), cmp.Compare(b.size, a.size))
}

func rank(e edit) int {
	switch {
	case e.size < 0:
		return 0
	case e.size > 0:
		return 1
	default:
		return 2
	}
}

// number of a mutant, as the environment names it.
func (m *mutant) number() string { return strconv.Itoa(m.id) }
