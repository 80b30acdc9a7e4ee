package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds nesting: a list of values in a condition is six deep.
const maxDepth = 8

type nodeKind uint8

const (
	nullNode nodeKind = iota
	stringNode
	numberNode
	boolNode
	listNode
	objectNode
)

func (k nodeKind) String() string {
	return [...]string{"null", "a string", "a number", "a boolean", "a list", "an object"}[k]
}

// node is a JSON value with the order of its members kept, since encoding/json
// accepts repeated members and ignores the case of names, and AWS does neither.
type node struct {
	kind    nodeKind
	text    string
	items   []node
	members []member
}

type member struct {
	name  string
	value node
}

// readDocument reads one JSON object and nothing after it.
func readDocument(text string) (node, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	root, err := readNode(d, 0)
	if err != nil {
		return node{}, err
	}
	if root.kind != objectNode {
		return node{}, fmt.Errorf("the document is %s, not an object", root.kind)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return node{}, errors.New("the document goes on after its end")
	}
	return root, nil
}

func readNode(d *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errors.New("the document is nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return node{}, errors.New("the document ends early")
		}
		return node{}, err
	}
	switch t := token.(type) {
	case string:
		return node{kind: stringNode, text: t}, nil
	case json.Number:
		return node{kind: numberNode, text: t.String()}, nil
	case bool:
		return node{kind: boolNode, text: fmt.Sprint(t)}, nil
	case json.Delim:
		if t == '[' {
			return readList(d, depth)
		}
		return readObject(d, depth)
	default:
		return node{}, nil
	}
}

func readList(d *json.Decoder, depth int) (node, error) {
	n := node{kind: listNode}
	for d.More() {
		item, err := readNode(d, depth+1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	_, err := d.Token()
	return n, err
}

func readObject(d *json.Decoder, depth int) (node, error) {
	n := node{kind: objectNode}
	seen := make(map[string]bool)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return node{}, err
		}
		name, ok := token.(string)
		if !ok {
			return node{}, errors.New("the name of a member is not a string")
		}
		if seen[name] {
			return node{}, fmt.Errorf("%q stands twice in an object", shorten(name))
		}
		seen[name] = true
		value, err := readNode(d, depth+1)
		if err != nil {
			return node{}, err
		}
		n.members = append(n.members, member{name, value})
	}
	_, err := d.Token()
	return n, err
}

// strings returns a string or a list of strings as a list that is not nil.
func (n *node) strings() ([]string, error) { return n.scalars(false) }

// scalars is strings that takes numbers and booleans too if loose.
func (n *node) scalars(loose bool) ([]string, error) {
	one := []node{*n}
	if n.kind == listNode {
		one = n.items
	}
	out := make([]string, 0, len(one))
	for i := range one {
		switch k := one[i].kind; {
		case k == stringNode, loose && (k == numberNode || k == boolNode):
			out = append(out, one[i].text)
		default:
			return nil, fmt.Errorf("holds %s", k)
		}
	}
	return out, nil
}
