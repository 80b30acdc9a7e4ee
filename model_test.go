package kmsfake_test

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// This is AWS KMS as its documentation tells it, in plain maps and slices: a
// second statement of what package service does, to compare it with. It is slow,
// single-threaded and knows no cryptography. What only the service can choose
// (key ids, key material ids, ciphertexts, random bytes, markers) it learns from
// the fake's answers.
//
// A subject has a file: model_keys_test.go and its kin. Each operation is an
// entry in one of the lists of commands that modelActions joins: how to draw an
// input, and what AWS answers to it. To add an operation, add an entry. To add a
// subject, add a file and name its list there.
type modelAWS struct {
	now    time.Time
	stores map[modelPlace]*modelStore

	gone    []*modelKey    // keys that were deleted
	sealed  []*modelSealed // every ciphertext that was ever answered
	markers map[string]modelMarker
}

// modelPlace is where a key lives and a caller acts: an account in a Region.
type modelPlace struct{ region, account string }

// The first place comes up the most.
var modelPlaces = []modelPlace{
	{"us-east-1", "111122223333"},
	{"us-east-1", "444455556666"},
	{"eu-west-1", "111122223333"},
	{"eu-west-1", "444455556666"},
}

func (p modelPlace) String() string { return p.account + " in " + p.region }

func (p modelPlace) arn(resource string) string {
	return "arn:aws:kms:" + p.region + ":" + p.account + ":" + resource
}

// modelStore is what an account has in a Region.
type modelStore struct {
	keys    []*modelKey // in the order in which they were made
	aliases map[string]*modelAlias
}

type modelKey struct {
	at          modelPlace
	id          string
	spec        types.KeySpec
	usage       types.KeyUsageType
	origin      types.OriginType
	multiRegion bool
	description string
	created     time.Time
	material    string // its id; none before it is imported
	disabled    bool
	deletion    time.Time // zero unless it is scheduled
	policy      string
	tags        map[string]string
}

// GoString is how a failing test's log shows a key that was drawn.
func (k *modelKey) GoString() string { return k.id }

func (k *modelKey) arn() string { return k.at.arn("key/" + k.id) }

type modelAlias struct {
	target           *modelKey // nil of a predefined AWS alias
	created, updated time.Time
}

// modelPredefined are the AWS aliases that every account has from the start.
var modelPredefined = []string{
	"alias/aws/dynamodb", "alias/aws/ebs", "alias/aws/elasticfilesystem", "alias/aws/es", "alias/aws/glue", "alias/aws/kinesisvideo",
	"alias/aws/rds", "alias/aws/redshift", "alias/aws/s3", "alias/aws/ssm", "alias/aws/xray",
}

func newModelAWS(now time.Time) *modelAWS {
	m := &modelAWS{now: now, stores: map[modelPlace]*modelStore{}, markers: map[string]modelMarker{}}
	for _, at := range modelPlaces {
		store := &modelStore{aliases: map[string]*modelAlias{}}
		for _, name := range modelPredefined {
			store.aliases[name] = &modelAlias{}
		}
		m.stores[at] = store
	}
	return m
}

// stamp is the time as answers tell it: to the millisecond.
func (m *modelAWS) stamp() time.Time { return m.now.Truncate(time.Millisecond) }

// advance lets time pass. A key whose waiting period ends is deleted, and so are
// all aliases that refer to it.
func (m *modelAWS) advance(d time.Duration) {
	m.now = m.now.Add(d)
	for _, at := range modelPlaces {
		store := m.stores[at]
		due := func(k *modelKey) bool { return !k.deletion.IsZero() && !k.deletion.After(m.now) }
		for _, k := range store.keys {
			if due(k) {
				m.gone = append(m.gone, k)
			}
		}
		store.keys = slices.DeleteFunc(store.keys, due)
		maps.DeleteFunc(store.aliases, func(_ string, a *modelAlias) bool { return a.target != nil && due(a.target) })
	}
}

func (s *modelStore) key(id string) *modelKey {
	for _, k := range s.keys {
		if k.id == id {
			return k
		}
	}
	return nil
}

// keysByID is the order of ListKeys.
func (s *modelStore) keysByID() []*modelKey {
	return slices.SortedFunc(slices.Values(s.keys), func(a, b *modelKey) int { return cmp.Compare(a.id, b.id) })
}

// aliasesOf are the names of the aliases of one key, or of all if k is nil, in the
// order of ListAliases.
func (s *modelStore) aliasesOf(k *modelKey) []string {
	var names []string
	for name, a := range s.aliases {
		if k == nil || a.target == k {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Key states

func (k *modelKey) state() types.KeyState {
	switch {
	case !k.deletion.IsZero():
		return types.KeyStatePendingDeletion
	case k.material == "":
		return types.KeyStatePendingImport
	case k.disabled:
		return types.KeyStateDisabled
	}
	return types.KeyStateEnabled
}

// modelStates are the key states that let an operation through, from the table
// "Key states of AWS KMS keys". An operation that is not here goes through in
// every state.
var modelStates = map[string][]types.KeyState{
	"Encrypt":                         {types.KeyStateEnabled},
	"Decrypt":                         {types.KeyStateEnabled},
	"ReEncrypt":                       {types.KeyStateEnabled},
	"GenerateDataKey":                 {types.KeyStateEnabled},
	"GenerateDataKeyWithoutPlaintext": {types.KeyStateEnabled},
	"EnableKey":                       {types.KeyStateEnabled, types.KeyStateDisabled},
	"DisableKey":                      {types.KeyStateEnabled, types.KeyStateDisabled},
	"CreateAlias":                     {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"UpdateAlias":                     {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"ScheduleKeyDeletion":             {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"TagResource":                     {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"UntagResource":                   {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"UpdateKeyDescription":            {types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport},
	"CancelKeyDeletion":               {types.KeyStatePendingDeletion},
}

// inState refuses an operation that the state of the key does not let through.
func (c *modelCall) inState(k *modelKey) *modelRefusal {
	allowed, listed := modelStates[c.operation]
	state := k.state()
	switch {
	case !listed || slices.Contains(allowed, state):
		return nil
	case c.operation == "CancelKeyDeletion":
		return modelRefuse("KMSInvalidStateException", "%s is not pending deletion.", k.arn())
	case state == types.KeyStateDisabled:
		return modelRefuse("DisabledException", "%s is disabled.", k.arn())
	case state == types.KeyStatePendingDeletion:
		return modelRefuse("KMSInvalidStateException", "%s is pending deletion.", k.arn())
	default:
		return modelRefuse("KMSInvalidStateException", "%s is pending import.", k.arn())
	}
}

// Refusals

// modelRefusal is an answer that is no success.
type modelRefusal struct {
	code, text string
	guess      bool // the code is AWS's, the words are not known
}

func modelRefuse(code, format string, args ...any) *modelRefusal {
	return &modelRefusal{code: code, text: fmt.Sprintf(format, args...)}
}

func modelRefuseSomehow(code string) *modelRefusal { return &modelRefusal{code: code, guess: true} }

// modelMissing is the code of what the SDK refuses before it sends anything.
const modelMissing = "InvalidParamsError"

// modelCall is one call of an operation, on its way through the model.
type modelCall struct {
	*modelAWS
	operation string
	at        modelPlace
	checks    modelChecks
}

func (c *modelCall) store() *modelStore { return c.stores[c.at] }

// modelChecks gathers what is wrong with an input: members that the SDK misses,
// and constraints of the service model. Each is told before anything else is
// looked at, and all at once.
type modelChecks struct {
	missing, failures []string
	guess             bool
}

func (c *modelChecks) required(member string, present bool) {
	if !present {
		c.missing = append(c.missing, member)
	}
}

func (c *modelChecks) fail(format string, args ...any) {
	c.failures = append(c.failures, fmt.Sprintf(format, args...))
}

// length is for strings, whose length is counted in characters.
func (c *modelChecks) length(member string, v *string, least, most int) {
	if v == nil {
		return
	}
	n := len([]rune(*v))
	if n < least {
		c.fail("Value '%s' at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d", *v, member, least)
	}
	if n > most {
		c.fail("Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", *v, member, most)
	}
}

// size is for bytes, which no text shows.
func (c *modelChecks) size(member string, v []byte, least, most int) {
	if v == nil {
		return
	}
	if len(v) < least {
		c.fail("Value at '%s' failed to satisfy constraint: Member must have length greater than or equal to %d", member, least)
	}
	if len(v) > most {
		c.fail("Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", member, most)
	}
}

func (c *modelChecks) between(member string, v *int32, least, most int32) {
	if v == nil {
		return
	}
	if *v < least {
		c.fail("Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d", *v, member, least)
	}
	if *v > most {
		c.fail("Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", *v, member, most)
	}
}

// pattern is for strings of which every character must be one of some.
func (c *modelChecks) pattern(member string, v *string, allowed *regexp.Regexp, shown string) {
	if v != nil && !allowed.MatchString(*v) {
		c.fail("Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", *v, member, shown)
	}
}

func (c *modelChecks) keyID(member string, v *string) { c.length(member, v, 1, 2048) }

func (c *modelCall) checked() *modelRefusal {
	switch n := len(c.checks.failures); {
	case len(c.checks.missing) > 0:
		text := fmt.Sprintf("%d validation error(s) found.\n", len(c.checks.missing))
		for _, member := range c.checks.missing {
			text += "- missing required field, " + c.operation + "Input." + member + ".\n"
		}
		return &modelRefusal{code: modelMissing, text: text}
	case c.checks.guess:
		return modelRefuseSomehow("ValidationException")
	case n == 0:
		return nil
	case n == 1:
		return modelRefuse("ValidationException", "1 validation error detected: %s", c.checks.failures[0])
	default:
		return modelRefuse("ValidationException", "%d validation errors detected: %s", n, strings.Join(c.checks.failures, "; "))
	}
}
