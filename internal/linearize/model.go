package linearize

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

const (
	keyCount   = 3
	aliasCount = 3
	tagCount   = 2
	grantCount = 2 // names of grants of a key
)

// request is what a caller asks. Keys, aliases, tags and grants are known by their
// numbers.
type request struct {
	operation              string
	key, alias, tag, grant int
	value                  int    // of the tag, from 1
	grantID                string // that RevokeGrant names
}

func (r request) String() string {
	return fmt.Sprintf("%s(key %d, alias %d, tag %d=%d, grant %d %.6s)", r.operation, r.key, r.alias, r.tag, r.value, r.grant, r.grantID)
}

// answer is what the caller learns: the code of the exception, or what the output
// shows.
type answer struct {
	code string
	text string
}

type keyState byte

const (
	enabled keyState = iota
	disabled
	pendingDeletion
)

// world is all that the requests change. It is compared with ==.
type world struct {
	states  [keyCount]keyState
	targets [aliasCount]int // key from 1; 0 is no such alias
	tags    [keyCount][tagCount]int
	grants  [keyCount][grantCount]string // ids; "" is no such grant
}

const (
	invalidState  = "KMSInvalidStateException"
	keyDisabled   = "DisabledException"
	notFound      = "NotFoundException"
	alreadyExists = "AlreadyExistsException"
)

// rules are the operations: what each answers in a world, and what it makes of it.
// A rule for answers that it cannot foretell, such as ids, is given the answer.
var rules = map[string]func(w world, r request, a answer) (answer, world){
	"CreateAlias": func(w world, r request, _ answer) (answer, world) {
		switch {
		case w.states[r.key] == pendingDeletion:
			return answer{code: invalidState}, w
		case w.targets[r.alias] != 0:
			return answer{code: alreadyExists}, w
		}
		w.targets[r.alias] = r.key + 1
		return answer{}, w
	},
	"UpdateAlias": func(w world, r request, _ answer) (answer, world) {
		switch {
		case w.targets[r.alias] == 0:
			return answer{code: notFound}, w
		case w.states[r.key] == pendingDeletion:
			return answer{code: invalidState}, w
		}
		w.targets[r.alias] = r.key + 1
		return answer{}, w
	},
	"DeleteAlias": func(w world, r request, _ answer) (answer, world) {
		if w.targets[r.alias] == 0 {
			return answer{code: notFound}, w
		}
		w.targets[r.alias] = 0
		return answer{}, w
	},
	"DescribeKey": func(w world, r request, _ answer) (answer, world) {
		target := w.targets[r.alias]
		if target == 0 {
			return answer{code: notFound}, w
		}
		return answer{text: described(target-1, w.states[target-1])}, w
	},
	"ListAliases": func(w world, r request, _ answer) (answer, world) {
		var list []string
		for alias, target := range w.targets {
			if target == r.key+1 {
				list = append(list, aliasName(alias))
			}
		}
		return answer{text: strings.Join(list, " ")}, w
	},
	"DisableKey":          toState(disabled),
	"EnableKey":           toState(enabled),
	"ScheduleKeyDeletion": toState(pendingDeletion),
	"CancelKeyDeletion": func(w world, r request, _ answer) (answer, world) {
		if w.states[r.key] != pendingDeletion {
			return answer{code: invalidState}, w
		}
		w.states[r.key] = disabled
		return answer{}, w
	},
	"Encrypt": func(w world, r request, _ answer) (answer, world) { return w.usable(r.key), w },
	"TagResource": func(w world, r request, _ answer) (answer, world) {
		if w.states[r.key] == pendingDeletion {
			return answer{code: invalidState}, w
		}
		w.tags[r.key][r.tag] = r.value
		return answer{}, w
	},
	"UntagResource": func(w world, r request, _ answer) (answer, world) {
		if w.states[r.key] == pendingDeletion {
			return answer{code: invalidState}, w
		}
		w.tags[r.key][r.tag] = 0
		return answer{}, w
	},
	"ListResourceTags": func(w world, r request, _ answer) (answer, world) {
		var list []string
		for tag, value := range w.tags[r.key] {
			if value != 0 {
				list = append(list, fmt.Sprintf("%s=%d", tagKey(tag), value))
			}
		}
		return answer{text: strings.Join(list, " ")}, w
	},
	// A grant with a name is there once, and the second request answers the first
	// one's id.
	"CreateGrant": func(w world, r request, a answer) (answer, world) {
		if refused := w.usable(r.key); refused.code != "" {
			return refused, w
		}
		if id := w.grants[r.key][r.grant]; id != "" {
			return answer{text: id}, w
		}
		if a.text == "" || w.granted(a.text) {
			return answer{text: "a new grant id"}, w
		}
		w.grants[r.key][r.grant] = a.text
		return a, w
	},
	"RevokeGrant": func(w world, r request, _ answer) (answer, world) {
		for grant, id := range w.grants[r.key] {
			if id == r.grantID {
				w.grants[r.key][grant] = ""
				return answer{}, w
			}
		}
		return answer{code: notFound}, w
	},
	"ListGrants": func(w world, r request, _ answer) (answer, world) {
		ids := slices.DeleteFunc(slices.Sorted(slices.Values(w.grants[r.key][:])), func(id string) bool { return id == "" })
		return answer{text: strings.Join(ids, " ")}, w
	},
}

var operationNames = slices.Sorted(maps.Keys(rules))

func toState(s keyState) func(world, request, answer) (answer, world) {
	return func(w world, r request, _ answer) (answer, world) {
		if w.states[r.key] == pendingDeletion {
			return answer{code: invalidState}, w
		}
		w.states[r.key] = s
		return answer{}, w
	}
}

// usable is the answer of an operation that only an enabled key takes.
func (w world) usable(key int) answer {
	return answer{code: [...]string{enabled: "", disabled: keyDisabled, pendingDeletion: invalidState}[w.states[key]]}
}

func (w world) granted(id string) bool {
	for _, ids := range w.grants {
		if slices.Contains(ids[:], id) {
			return true
		}
	}
	return false
}

func described(key int, state keyState) string {
	return fmt.Sprintf("key %d %s", key, [...]string{enabled: "Enabled", disabled: "Disabled", pendingDeletion: "PendingDeletion"}[state])
}

func aliasName(alias int) string { return fmt.Sprintf("alias/%d", alias) }

func tagKey(tag int) string { return fmt.Sprintf("tag-%d", tag) }

// model is AWS KMS as porcupine takes it.
var model = porcupine.Model{
	Init: func() any { return world{} },
	Step: func(state, input, output any) (bool, any) {
		r, a := input.(request), output.(answer)
		want, next := rules[r.operation](state.(world), r, a)
		return want == a, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v: %+v", input, output) },
	DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
}
