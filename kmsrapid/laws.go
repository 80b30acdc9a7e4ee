package kmsrapid

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// record is what the journal holds of a stretch of a run.
type record struct {
	fake *kmsfake.Fake
	from int
}

// from begins a stretch.
func from(fake *kmsfake.Fake) record { return record{fake, len(fake.Calls())} }

// calls are those of the code under test.
func (r record) calls() []kmsfake.Call {
	return slices.DeleteFunc(r.all(), func(c kmsfake.Call) bool { return isAdministrator(c.Principal) })
}

func (r record) all() []kmsfake.Call {
	calls := r.fake.Calls()
	return calls[min(r.from, len(calls)):]
}

// refused are the calls of the code under test that failed.
func (r record) refused() []kmsfake.Call {
	return slices.DeleteFunc(r.calls(), func(c kmsfake.Call) bool { return c.Error == nil })
}

// keys are the ARNs of the keys with which calls of the code under test succeeded.
func (r record) keys() (arns []string) {
	for _, c := range r.calls() {
		if c.Error == nil && c.KeyARN != "" && !slices.Contains(arns, c.KeyARN) {
			arns = append(arns, c.KeyARN)
		}
	}
	return arns
}

// byAdministrator says whether the administrator did something to one of the
// keys, rather than to an alias of it.
func (r record) byAdministrator(keys []string) bool {
	return slices.ContainsFunc(r.all(), func(c kmsfake.Call) bool {
		return isAdministrator(c.Principal) && c.Error == nil && slices.Contains(keys, c.KeyARN) && !strings.HasSuffix(c.Operation, "Alias")
	})
}

// says tells whether an error passes on why one of the calls failed: it wraps an
// exception of the same kind, or has its text.
func says(err error, refused []kmsfake.Call) bool {
	var told smithy.APIError
	errors.As(err, &told)
	return slices.ContainsFunc(refused, func(c kmsfake.Call) bool {
		if code := codeOf(c.Error); code != "" {
			return told != nil && told.ErrorCode() == code || strings.Contains(err.Error(), code)
		}
		cause := c.Error
		for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
			cause = next
		}
		return strings.Contains(err.Error(), cause.Error())
	})
}

func codeOf(err error) string {
	var exception smithy.APIError
	if errors.As(err, &exception) {
		return exception.ErrorCode()
	}
	return ""
}

// usable says whether all of the keys can be used now.
func usable(fake *kmsfake.Fake, keys []string) bool {
	clone := fake.Clone()
	return !slices.ContainsFunc(keys, func(key string) bool {
		out, err := ownerOf(clone, key).DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &key})
		return err != nil || out.KeyMetadata.KeyState != types.KeyStateEnabled
	})
}
