package kmsrapid

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Option changes what [Check] does.
type Option func(*settings)

type settings struct {
	chosen  []Act // by Only
	without []Act
	quiet   bool
	fake    []kmsfake.Option
	keys    []kmsfake.Key
	prepare []func(*rapid.T, *kmsfake.Fake)
}

func settingsOf(options []Option) (*settings, error) {
	s := &settings{}
	for _, option := range options {
		option(s)
	}
	for _, a := range slices.Concat(s.chosen, s.without) {
		if !slices.Contains(Acts(), a) {
			return nil, fmt.Errorf("there is no act %q; there are %q", a, Acts())
		}
	}
	return s, nil
}

// acts are the acts that interfere, in the order of [Acts].
func (s *settings) acts() []Act {
	if s.quiet {
		return nil
	}
	return slices.DeleteFunc(Acts(), func(a Act) bool {
		return len(s.chosen) > 0 && !slices.Contains(s.chosen, a) || slices.Contains(s.without, a)
	})
}

// Quiet has nobody interfere, whatever other options say.
func Quiet() Option { return func(s *settings) { s.quiet = true } }

// Only chooses the acts that interfere. Several of these options add up.
func Only(acts ...Act) Option {
	return func(s *settings) { s.chosen = append(s.chosen, acts...) }
}

// Without leaves acts out, of those that [Only] chooses if it does.
func Without(acts ...Act) Option {
	return func(s *settings) { s.without = append(s.without, acts...) }
}

// Keys adds KMS keys to every world, for code that is told its key. The test that
// a failure prints has them.
func Keys(keys ...kmsfake.Key) Option {
	return func(s *settings) { s.keys = append(s.keys, keys...) }
}

// Prepare does something before the property with which nobody interferes. It may
// draw.
func Prepare(prepare func(t *rapid.T, fake *kmsfake.Fake)) Option {
	return func(s *settings) { s.prepare = append(s.prepare, prepare) }
}

// With sets options of every fake, its clock, seed and quotas among them. By
// default the seed is 1 and time passes only by [kmsfake.Fake.Advance]. The test
// that a failure prints has no more of them than the Region and the account.
func With(options ...kmsfake.Option) Option {
	return func(s *settings) { s.fake = append(s.fake, options...) }
}
