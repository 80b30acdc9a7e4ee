package kmsrapid

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Act is something that happens between two calls of the code under test: what
// people and automation do in a real account, and what KMS does itself.
type Act string

// The acts. Those with the name of an operation are calls of it by an
// administrator, on the keys, aliases and grants that there are in the accounts and
// Regions of the world and of all calls so far; most often on what was used last.
// They may be refused, as others are. When an act is possible on nothing, another
// comes in its place.
const (
	DisableKey                Act = "DisableKey"
	EnableKey                 Act = "EnableKey"
	DeleteAlias               Act = "DeleteAlias"
	UpdateAlias               Act = "UpdateAlias" // to another key of the kind, which is made if there is none
	ScheduleKeyDeletion       Act = "ScheduleKeyDeletion"
	CancelKeyDeletion         Act = "CancelKeyDeletion"
	RotateKeyOnDemand         Act = "RotateKeyOnDemand"
	RevokeGrant               Act = "RevokeGrant"
	DeleteImportedKeyMaterial Act = "DeleteImportedKeyMaterial"
	ImportKeyMaterial         Act = "ImportKeyMaterial" // again, for keys of the start; it may expire

	// TimePasses is an hour to a year on the fake's clock.
	TimePasses Act = "TimePasses"

	// Throttle has the next call be throttled.
	Throttle Act = "Throttle"

	// Fail has the next call fail: inside of KMS, or by a connection that is
	// reset before or after the operation took effect.
	Fail Act = "Fail"
)

// actor is how an act is done.
type actor struct {
	act  Act
	odds int                            // of being drawn: of all together 16, so that none comes up too often
	on   func(s *surroundings) []target // what it can be done to
	does func(c *interferer, on target, how int)
}

// acts are what the acts do, in the order in which they shrink. After one that is
// seldom possible comes one that always is, since that happens in its place.
var acts = []actor{
	{DisableKey, 1, keysIn(types.KeyStateEnabled), func(c *interferer, on target, _ int) {
		_, _ = c.at(on).DisableKey(c.ctx, &kms.DisableKeyInput{KeyId: on.key.Arn})
	}},
	{EnableKey, 1, keysIn(types.KeyStateDisabled), func(c *interferer, on target, _ int) {
		_, _ = c.at(on).EnableKey(c.ctx, &kms.EnableKeyInput{KeyId: on.key.Arn})
	}},
	{UpdateAlias, 2, func(s *surroundings) []target { return s.aliases }, (*interferer).repoint},
	{DeleteAlias, 2, func(s *surroundings) []target { return s.aliases }, func(c *interferer, on target, _ int) {
		_, _ = c.at(on).DeleteAlias(c.ctx, &kms.DeleteAliasInput{AliasName: &on.alias})
	}},
	{CancelKeyDeletion, 1, keysIn(types.KeyStatePendingDeletion), func(c *interferer, on target, _ int) {
		_, _ = c.at(on).CancelKeyDeletion(c.ctx, &kms.CancelKeyDeletionInput{KeyId: on.key.Arn})
	}},
	{ScheduleKeyDeletion, 1, keysIn(types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingImport), func(c *interferer, on target, how int) {
		days := int32(7 + how)
		_, _ = c.at(on).ScheduleKeyDeletion(c.ctx, &kms.ScheduleKeyDeletionInput{KeyId: on.key.Arn, PendingWindowInDays: &days})
	}},
	{RevokeGrant, 1, func(s *surroundings) []target { return s.grants }, func(c *interferer, on target, _ int) {
		_, _ = c.at(on).RevokeGrant(c.ctx, &kms.RevokeGrantInput{KeyId: on.key.Arn, GrantId: &on.grant})
	}},
	{Throttle, 2, anywhere, func(c *interferer, _ target, _ int) { c.fail(kmsfake.Throttled, false) }},
	{DeleteImportedKeyMaterial, 1, external(types.KeyStateEnabled, types.KeyStateDisabled), func(c *interferer, on target, _ int) {
		_, _ = c.at(on).DeleteImportedKeyMaterial(c.ctx, &kms.DeleteImportedKeyMaterialInput{KeyId: on.key.Arn})
	}},
	{Fail, 1, anywhere, func(c *interferer, _ target, how int) { c.fail(failures[how].err, failures[how].applied) }},
	{ImportKeyMaterial, 1, external(types.KeyStateEnabled, types.KeyStatePendingImport), (*interferer).reimport},
	{RotateKeyOnDemand, 1, rotatable, func(c *interferer, on target, _ int) {
		_, _ = c.at(on).RotateKeyOnDemand(c.ctx, &kms.RotateKeyOnDemandInput{KeyId: on.key.Arn})
	}},
	{TimePasses, 1, anywhere, func(c *interferer, _ target, how int) { c.fake.Advance(times[how]) }},
}

// ways is how many ways there are to do an act.
const ways = 6

const day = 24 * time.Hour

// failures are those that take no time, whatever deadline the caller has.
var failures = [ways]struct {
	err     error
	applied bool
}{
	{&types.KMSInternalException{}, false},
	{&types.DependencyTimeoutException{}, false},
	{kmsfake.ServiceUnavailable, false},
	{kmsfake.ConnectionReset, false},
	{kmsfake.ConnectionReset, true},
	{&types.DependencyTimeoutException{}, true},
}

var times = [ways]time.Duration{time.Hour, day, 7 * day, 8 * day, 31 * day, 366 * day}

// Acts are all acts. The caller owns the slice.
func Acts() []Act {
	list := make([]Act, len(acts))
	for i, a := range acts {
		list[i] = a.act
	}
	return list
}

// A plan is an act to come. It is drawn before the property runs, and what it is
// done to is found when the time has come.
type plan struct {
	Act Act // or, if it can be done to nothing then, the next that can
	Gap int // calls that pass since the act before
	On  int // which of the targets it can be done to, if there are as many
	How int // less than ways
}

// future is what is going to happen.
type future []plan

// GoString is how the log of a failure shows it. What it comes to is told apart.
func (f future) GoString() string { return fmt.Sprintf("%d acts", len(f)) }

// plans draws what is going to happen: soon, or spread over many calls.
func plans(allowed []Act) *rapid.Generator[future] {
	var odds []Act
	for _, a := range acts {
		if slices.Contains(allowed, a.act) {
			odds = append(odds, slices.Repeat([]Act{a.act}, a.odds)...)
		}
	}
	act, gap, on, how := oneOf(odds), oneOf([]int{0, 0, 1, 1, 1, 1, 2, 3}), oneOf([]int{0, 0, 0, 0, 1, 1, 2, 3}), upTo(ways-1)
	one := rapid.Custom(func(t *rapid.T) plan {
		return plan{act.Draw(t, "act"), gap.Draw(t, "gap"), on.Draw(t, "on"), how.Draw(t, "how")}
	})
	list := rapid.SliceOfN(one, 0, 12)
	paces := oneOf([]int{1, 1, 1, 1, 1, 1, 4, 16})
	return rapid.Custom(func(t *rapid.T) future {
		pace, drawn := paces.Draw(t, "pace"), list.Draw(t, "list")
		for i := range drawn {
			drawn[i].Gap *= pace
		}
		return drawn
	})
}

func anywhere(*surroundings) []target { return []target{{}} }

func keysIn(states ...types.KeyState) func(*surroundings) []target {
	return func(s *surroundings) []target {
		return s.keysThat(func(m *types.KeyMetadata) bool { return slices.Contains(states, m.KeyState) })
	}
}

func external(states ...types.KeyState) func(*surroundings) []target {
	return func(s *surroundings) []target {
		return s.keysThat(func(m *types.KeyMetadata) bool {
			return m.Origin == types.OriginTypeExternal && m.KeySpec == types.KeySpecSymmetricDefault && slices.Contains(states, m.KeyState)
		})
	}
}

func rotatable(s *surroundings) []target {
	return s.keysThat(func(m *types.KeyMetadata) bool {
		return m.KeyState == types.KeyStateEnabled && m.KeySpec == types.KeySpecSymmetricDefault && m.Origin == types.OriginTypeAwsKms
	})
}
