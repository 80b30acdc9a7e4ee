package conformance

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// Target is what scenarios are played against.
type Target struct {
	API                 kmsfake.API
	Partition, Account  string
	Region, OtherRegion string

	// Genuine is AWS itself, where what costs a cluster is not played.
	Genuine bool

	// Settle is how long a change may take to show. What follows a change waits
	// for it, and what is read is read again. Zero where changes show at once.
	Settle time.Duration

	// Advance moves the target's time, for all who use it; nil where it cannot be
	// moved.
	Advance func(time.Duration) error

	passed atomic.Int64 // how far plays have moved the time
}

// NewTarget makes a target of what the API answers in a Region. The other Region
// must be of the same partition. It calls DescribeKey to learn whose account it
// is.
func NewTarget(ctx context.Context, api kmsfake.API, region, otherRegion string) (*Target, error) {
	partition, account, err := whose(ctx, api)
	if err != nil {
		return nil, err
	}
	return &Target{API: api, Partition: partition, Account: account, Region: region, OtherRegion: otherRegion}, nil
}

var keyARN = regexp.MustCompile(`arn:(aws[a-z-]*):kms:[a-z0-9-]+:(\d{12}):`)

// leaving are the states of KMS keys that are on their way out.
var leaving = regexp.MustCompile(`is pending (replica )?deletion`)

// whose reads the account off the error for a key that is not there.
func whose(ctx context.Context, api kmsfake.API) (partition, account string, err error) {
	_, err = api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(missingKey)})
	if err == nil {
		return "", "", errors.New("conformance: a key is there that cannot be")
	}
	found := keyARN.FindStringSubmatch(err.Error())
	if found == nil {
		return "", "", fmt.Errorf("conformance: whose account this is cannot be told from: %w", err)
	}
	return found[1], found[2], nil
}

// Refuses says why a scenario cannot be played against the target, or "".
func (t *Target) Refuses(s *Scenario) string {
	switch {
	case s.Timed() && t.Advance == nil:
		return "its time cannot be moved"
	case s.Needs != "" && t.Genuine:
		return "needs " + s.Needs
	}
	return ""
}

// now is the time of the target, if its clock is right.
func (t *Target) now() time.Time { return time.Now().Add(time.Duration(t.passed.Load())) }
