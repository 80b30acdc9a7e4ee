package iam

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The evaluator in this file is written from the documentation alone, over
// statements as they are drawn: no compiling, no order of shortcuts.

type drawnCondition struct {
	set, operator string
	ifExists      bool
	key           string
	values        []string
}

type drawnStatement struct {
	effect                           string
	principals, actions, resources   []string
	notPrincipal, notAction, notOnIt bool
	conditions                       []drawnCondition
}

type drawnRequest struct {
	caller, action, resource string
	keys                     map[string][]string
}

func (s drawnStatement) document(kind Kind) map[string]any {
	not := func(no bool, name string) string {
		if no {
			return "Not" + name
		}
		return name
	}
	m := map[string]any{"Effect": s.effect}
	if s.actions != nil {
		m[not(s.notAction, "Action")] = s.actions
	}
	if s.resources != nil {
		m[not(s.notOnIt, "Resource")] = s.resources
	}
	if kind == KeyPolicy {
		byType := map[string][]string{}
		for _, p := range s.principals {
			if strings.HasSuffix(p, ".amazonaws.com") {
				byType["Service"] = append(byType["Service"], p)
			} else {
				byType["AWS"] = append(byType["AWS"], p)
			}
		}
		m[not(s.notPrincipal, "Principal")] = byType
	}
	conditions := map[string]map[string][]string{}
	for _, c := range s.conditions {
		name := c.set + c.operator
		if c.ifExists {
			name += "IfExists"
		}
		if conditions[name] == nil {
			conditions[name] = map[string][]string{}
		}
		conditions[name][c.key] = c.values
	}
	if len(conditions) > 0 {
		m["Condition"] = conditions
	}
	return m
}

func documentOf(kind Kind, statements []drawnStatement) string {
	list := make([]any, len(statements))
	for i, s := range statements {
		list[i] = s.document(kind)
	}
	b, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func plainAccount(arnOrID string) string {
	if f := strings.Split(arnOrID, ":"); len(f) >= 6 {
		return f[4]
	} else if len(arnOrID) == 12 && !strings.Contains(arnOrID, ".") {
		return arnOrID
	}
	return ""
}

func plainLast(s string) string { return s[strings.LastIndex(s, "/")+1:] }

// plainRoleOf is the name of the role behind a caller or a principal, or "".
func plainRoleOf(arn string) string {
	switch {
	case strings.Contains(arn, ":role/"):
		return plainLast(arn)
	case strings.Contains(arn, ":assumed-role/"):
		return strings.Split(arn, "/")[1]
	}
	return ""
}

func plainIsAccount(p string) bool { return strings.HasSuffix(p, ":root") || len(p) == 12 && p != "*" }

// plainNamed reports whether a listed principal is the caller by name, and
// whether it is the caller's account.
func plainNamed(listed, caller string) (name, account bool) {
	switch {
	case listed == "*":
		return true, false
	case plainIsAccount(listed):
		account = plainAccount(listed) == plainAccount(caller)
		return account && strings.HasSuffix(caller, ":root"), account
	case strings.Contains(listed, ":role/"):
		return plainRoleOf(caller) == plainRoleOf(listed) && plainAccount(caller) == plainAccount(listed), false
	default:
		return listed == caller, false
	}
}

func (s drawnStatement) plainNames(caller string) (name, account bool) {
	if !s.notPrincipal {
		for _, p := range s.principals {
			n, a := plainNamed(p, caller)
			name, account = name || n, account || a
		}
		return name, account
	}
	has := func(want func(string) bool) bool { return slices.ContainsFunc(s.principals, want) }
	star := has(func(p string) bool { return p == "*" })
	own := has(func(p string) bool { return p == caller })
	acct := has(func(p string) bool { return plainIsAccount(p) && plainAccount(p) == plainAccount(caller) })
	role := plainRoleOf(caller)
	listedRole := has(func(p string) bool {
		n, _ := plainNamed(p, caller)
		return n && strings.Contains(p, ":role/")
	})
	var spared bool
	if s.effect == "Allow" {
		spared = star || own || acct || listedRole
	} else {
		switch {
		case star:
			spared = true
		case strings.HasSuffix(caller, ":root"):
			spared = acct
		case strings.Contains(caller, ":assumed-role/"):
			spared = own && acct && listedRole
		case role != "":
			spared = listedRole && acct
		case plainAccount(caller) == "":
			spared = own
		default:
			spared = own && acct
		}
	}
	return !spared, false
}

func plainVariables(pattern string, r drawnRequest) (string, bool) {
	for {
		start := strings.Index(pattern, "${")
		if start < 0 {
			return pattern, true
		}
		end := start + strings.Index(pattern[start:], "}")
		v := r.values(pattern[start+2 : end])
		if len(v) != 1 {
			return "", false
		}
		pattern = pattern[:start] + v[0] + pattern[end+1:]
	}
}

func (r drawnRequest) values(key string) []string {
	switch strings.ToLower(key) {
	case "aws:username":
		if strings.Contains(r.caller, ":user/") {
			return []string{plainLast(r.caller)}
		}
		return nil
	case "aws:principalaccount":
		if a := plainAccount(r.caller); a != "" {
			return []string{a}
		}
		return nil
	}
	return r.keys[key]
}

// plainMatch compares a value of the request with one of the policy.
func plainMatch(operator, value, policy string, r drawnRequest) bool {
	number := func(s string) (float64, bool) { f, err := strconv.ParseFloat(s, 64); return f, err == nil }
	switch operator {
	case "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike":
		var ok bool
		if policy, ok = plainVariables(policy, r); !ok {
			return false
		}
	}
	switch operator {
	case "StringEquals", "StringNotEquals":
		return value == policy
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(value, policy)
	case "StringLike", "StringNotLike":
		return wildcardRegexp(policy, false).MatchString(value)
	case "ArnLike", "ArnNotLike":
		v, p := strings.SplitN(value, ":", 6), strings.SplitN(policy, ":", 6)
		if v[0] != "arn" || len(v) < 6 {
			return false
		}
		if policy == "*" {
			return true
		}
		if len(p) < 6 {
			return false
		}
		for i := range v {
			if !wildcardRegexp(p[i], false).MatchString(v[i]) {
				return false
			}
		}
		return true
	case "Bool":
		return strings.EqualFold(value, policy) && (strings.EqualFold(value, "true") || strings.EqualFold(value, "false"))
	case "IpAddress", "NotIpAddress":
		a, err := netip.ParseAddr(value)
		if err != nil {
			return false
		}
		if p, err := netip.ParsePrefix(policy); err == nil {
			return p.Contains(a)
		}
		b, err := netip.ParseAddr(policy)
		return err == nil && a == b
	}
	a, ok := number(value)
	b, ok2 := number(policy)
	if !ok || !ok2 {
		return false
	}
	switch operator {
	case "NumericLessThan":
		return a < b
	case "NumericGreaterThanEquals":
		return a >= b
	default:
		return a == b
	}
}

func (c drawnCondition) plainHolds(r drawnRequest) bool {
	values := r.values(c.key)
	if c.operator == "Null" {
		return slices.Contains(c.values, strconv.FormatBool(len(values) == 0))
	}
	if len(values) == 0 && c.ifExists {
		return true
	}
	negated := strings.Contains(c.operator, "Not")
	matchesSome := func(v string) bool {
		return slices.ContainsFunc(c.values, func(p string) bool { return plainMatch(c.operator, v, p, r) })
	}
	holds := func(v string) bool { return matchesSome(v) != negated }
	switch c.set {
	case "ForAllValues:":
		return !slices.ContainsFunc(values, func(v string) bool { return !holds(v) })
	case "ForAnyValue:":
		return slices.ContainsFunc(values, holds)
	default:
		return slices.ContainsFunc(values, matchesSome) != negated
	}
}

func (s drawnStatement) plainApplies(r drawnRequest) bool {
	if s.actions == nil || s.resources == nil {
		return false
	}
	action := slices.ContainsFunc(s.actions, func(p string) bool { return wildcardRegexp(p, true).MatchString(r.action) })
	resource := slices.ContainsFunc(s.resources, func(p string) bool {
		p, ok := plainVariables(p, r)
		return ok && wildcardRegexp(p, false).MatchString(r.resource)
	})
	if action == s.notAction || resource == s.notOnIt {
		return false
	}
	for _, c := range s.conditions {
		if !c.plainHolds(r) {
			return false
		}
	}
	return true
}

// plainDecide is the second evaluator.
func plainDecide(r drawnRequest, key, identity []drawnStatement, granted bool) Denial {
	var keyDeny, keyAllowsName, keyAllowsAccount, identityDeny, identityAllow bool
	for _, s := range key {
		name, account := s.plainNames(r.caller)
		if !s.plainApplies(r) || !name && !account {
			continue
		}
		if s.effect == "Deny" {
			keyDeny = true
		} else {
			keyAllowsName, keyAllowsAccount = keyAllowsName || name, keyAllowsAccount || account
		}
	}
	for _, s := range identity {
		if s.plainApplies(r) {
			identityDeny = identityDeny || s.effect == "Deny"
			identityAllow = identityAllow || s.effect == "Allow"
		}
	}
	root := strings.HasSuffix(r.caller, ":root")
	service := plainAccount(r.caller) == ""
	local := plainAccount(r.caller) == accountA
	keySide := keyAllowsName || keyAllowsAccount
	var allowed bool
	switch {
	case root, service:
		allowed = keySide
	case local:
		allowed = keyAllowsName || keyAllowsAccount && identityAllow
	default:
		allowed = keySide && identityAllow
	}
	switch {
	case identityDeny:
		return DenyInIdentity
	case keyDeny:
		return DenyInResource
	case allowed, granted:
		return NotDenied
	case keySide:
		return NoIdentityAllow
	case local, root, service, identityAllow:
		return NoResourceAllow
	default:
		return NoIdentityAllow
	}
}

var (
	drawnCallers    = []string{userAlice, roleApp, sessionApp, rootA, userBob, rootB, "arn:aws:sts::444455556666:assumed-role/App/i-1", serviceS3}
	drawnPrincipals = []string{"*", accountA, rootA, accountB, rootB, userAlice, roleApp, "arn:aws:iam::111122223333:role/App", sessionApp, userBob, serviceS3}
	drawnActions    = []string{"*", "kms:*", "kms:Decrypt", "KMS:de*", "kms:?ncrypt", "kms:Encrypt", "s3:*"}
	drawnResources  = []string{"*", keyARN, "arn:aws:kms:*:111122223333:key/*", aliasARN, "arn:aws:kms:*:${aws:PrincipalAccount}:key/*"}
	drawnKeys       = []string{"kms:ViaService", "kms:ResourceAliases", "aws:TagKeys", "aws:username", "aws:PrincipalAccount", "n:n"}
	drawnValues     = []string{"a", "ab", "A", "a*", "?", "1", "2", "10", "true", "false", "10.0.0.1", "10.0.0.0/8", "Alice", "${aws:username}", accountA,
		"arn:aws:iam::1:role/a", "arn:aws:iam::*:role/?", "arn:*"}
	drawnOperators = []string{"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals", "Bool", "IpAddress", "NotIpAddress"}
)

func some(t *rapid.T, from []string, label string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 3, rapid.ID[string]).Draw(t, label)
}

var conditionGen = rapid.Custom(func(t *rapid.T) drawnCondition {
	c := drawnCondition{key: rapid.SampledFrom(drawnKeys).Draw(t, "key")}
	if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
		c.operator, c.values = "Null", []string{strconv.FormatBool(rapid.Bool().Draw(t, "absent"))}
		return c
	}
	c.operator = rapid.SampledFrom(drawnOperators).Draw(t, "operator")
	c.set = rapid.SampledFrom([]string{"", "", "ForAllValues:", "ForAnyValue:"}).Draw(t, "set")
	c.ifExists = rapid.IntRange(0, 3).Draw(t, "ifExists") == 0
	c.values = some(t, drawnValues, "values")
	return c
})

var statementGen = rapid.Custom(func(t *rapid.T) drawnStatement {
	s := drawnStatement{
		effect:     rapid.SampledFrom([]string{"Allow", "Allow", "Allow", "Deny"}).Draw(t, "effect"),
		principals: some(t, drawnPrincipals, "principals"),
		actions:    some(t, drawnActions, "actions"),
		resources:  some(t, drawnResources, "resources"),
	}
	seldom := func(label string) bool { return rapid.IntRange(0, 7).Draw(t, label) == 0 }
	s.notPrincipal, s.notAction, s.notOnIt = seldom("notPrincipal"), seldom("notAction"), seldom("notResource")
	seen := map[string]bool{}
	for _, c := range rapid.SliceOfN(conditionGen, 0, 2).Draw(t, "conditions") {
		// A JSON object holds an operator and a key once.
		if id := c.set + c.operator + strconv.FormatBool(c.ifExists) + c.key; !seen[id] {
			seen[id] = true
			s.conditions = append(s.conditions, c)
		}
	}
	return s
})

var requestGen = rapid.Custom(func(t *rapid.T) drawnRequest {
	r := drawnRequest{
		caller:   rapid.SampledFrom(drawnCallers).Draw(t, "caller"),
		action:   rapid.SampledFrom([]string{"kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"}).Draw(t, "action"),
		resource: keyARN,
		keys:     map[string][]string{},
	}
	for _, k := range drawnKeys {
		if rapid.Bool().Draw(t, "has "+k) {
			r.keys[k] = some(t, drawnValues, k)
		}
	}
	return r
})

func (r drawnRequest) ask(t *rapid.T, key, identity []drawnStatement, granted bool) Decision {
	caller, err := ParsePrincipal(r.caller, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := &Question{KeyAccount: accountA, Grant: func() (bool, string) { return granted, "grant" }}
	q.Request = Request{Principal: caller, Action: r.action, Resource: r.resource, Lookup: func(key string) ([]string, bool) {
		for k := range r.keys {
			if strings.EqualFold(k, key) {
				v := r.values(k)
				return v, v != nil
			}
		}
		return nil, false
	}}
	parse := func(kind Kind, list []drawnStatement) *Policy {
		p, err := Parse(documentOf(kind, list), kind)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	q.KeyPolicy = parse(KeyPolicy, key)
	for _, s := range identity {
		q.Identity = append(q.Identity, parse(IdentityPolicy, []drawnStatement{s}))
	}
	return Decide(q)
}

func TestDecideAgreesWithPlainEvaluator(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := requestGen.Draw(t, "request")
		key := rapid.SliceOfN(statementGen, 1, 4).Draw(t, "key policy")
		identity := rapid.SliceOfN(statementGen, 0, 3).Draw(t, "identity policies")
		granted := rapid.IntRange(0, 4).Draw(t, "granted") == 0
		d := r.ask(t, key, identity, granted)
		if want := plainDecide(r, key, identity, granted); d.Denial != want || d.Allowed != (want == NotDenied) {
			t.Fatalf("denial %v, want %v: %s\n%s", d.Denial, want, d.Reason(), documentOf(KeyPolicy, key))
		}
		if d.Reason() == "" {
			t.Fatal("no reason")
		}
	})
}

func TestDecideIsMonotonic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := requestGen.Draw(t, "request")
		key := rapid.SliceOfN(statementGen, 2, 4).Draw(t, "key policy")
		identity := rapid.SliceOfN(statementGen, 1, 3).Draw(t, "identity policies")
		before := r.ask(t, key, identity, false).Allowed

		deny := statementGen.Draw(t, "deny")
		deny.effect = "Deny"
		at := rapid.IntRange(0, len(key)).Draw(t, "at")
		if !before && r.ask(t, slices.Insert(slices.Clone(key), at, deny), identity, false).Allowed {
			t.Fatal("a deny in the key policy allowed")
		}
		if !before && r.ask(t, key, append(slices.Clone(identity), deny), false).Allowed {
			t.Fatal("a deny in an identity policy allowed")
		}
		for i, s := range key {
			if s.effect == "Allow" && !before && r.ask(t, slices.Delete(slices.Clone(key), i, i+1), identity, false).Allowed {
				t.Fatal("the key policy allows more without an allow")
			}
		}
		for i, s := range identity {
			if s.effect == "Allow" && !before && r.ask(t, key, slices.Delete(slices.Clone(identity), i, i+1), false).Allowed {
				t.Fatal("the identity policies allow more without an allow")
			}
		}
	})
}

// The drawn statements must reach every decision, or the properties show nothing.
func TestDrawnQuestionsReachEveryDecision(t *testing.T) {
	t.Parallel()
	seen := map[Denial]int{}
	gen := rapid.Custom(func(t *rapid.T) Denial {
		r := requestGen.Draw(t, "request")
		key := rapid.SliceOfN(statementGen, 1, 4).Draw(t, "key policy")
		identity := rapid.SliceOfN(statementGen, 0, 3).Draw(t, "identity policies")
		return plainDecide(r, key, identity, false)
	})
	for seed := range 400 {
		seen[gen.Example(seed)]++
	}
	for _, d := range []Denial{NotDenied, NoIdentityAllow, NoResourceAllow, DenyInIdentity, DenyInResource} {
		if seen[d] < 8 {
			t.Errorf("denial %v was drawn %d times of 400", d, seen[d])
		}
	}
}
