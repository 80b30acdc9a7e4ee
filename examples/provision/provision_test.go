package provision

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/faultsweep"
)

const alias = "alias/app"

type provisioner func(ctx context.Context, api API, alias string) (string, error)

// keepsItsPromises is what must hold whatever fails.
func keepsItsPromises(provision provisioner) func(*testing.T, *kmsfake.Fake) {
	return func(t *testing.T, fake *kmsfake.Fake) {
		arn, err := provision(t.Context(), fake, alias)
		if err != nil { // the caller tries again, and may fail again
			arn, err = provision(t.Context(), fake, alias)
		}
		if err == nil {
			leadsTo(t, fake.Clone(), arn)
		}

		// Once nothing fails any more, the same call finishes the work.
		later := fake.Clone()
		arn, err = provision(t.Context(), later, alias)
		if err != nil {
			t.Fatalf("a later call fails: %v", err)
		}
		leadsTo(t, later, arn)
		if keys := live(t, later); !slices.Equal(keys, []string{arn}) {
			t.Errorf("keys that cost money: %v, want %s alone", keys, arn)
		}
	}
}

// leadsTo fails the test unless the alias leads to an enabled key with this ARN.
func leadsTo(t *testing.T, fake *kmsfake.Fake, arn string) {
	t.Helper()
	name := alias
	out, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name})
	if err != nil {
		t.Errorf("%s: %v", alias, err)
	} else if *out.KeyMetadata.Arn != arn || !out.KeyMetadata.Enabled {
		t.Errorf("%s leads to %s, which is %s; want %s", alias, *out.KeyMetadata.Arn, out.KeyMetadata.KeyState, arn)
	}
}

// live are the ARNs of the keys that are not on their way to deletion.
func live(t *testing.T, fake *kmsfake.Fake) (arns []string) {
	t.Helper()
	list, err := fake.ListKeys(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range list.Keys {
		out, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: entry.KeyId})
		if err != nil {
			t.Fatal(err)
		}
		if out.KeyMetadata.KeyState != types.KeyStatePendingDeletion {
			arns = append(arns, *entry.KeyArn)
		}
	}
	return arns
}

func TestKey(t *testing.T) {
	faultsweep.Run(t, keepsItsPromises(Key), faultsweep.Pairs())
}

func TestRemove(t *testing.T) {
	prepare := func(t *testing.T, fake *kmsfake.Fake) {
		if _, err := Key(t.Context(), fake, alias); err != nil {
			t.Fatal(err)
		}
	}
	gone := func(t *testing.T, fake *kmsfake.Fake) {
		t.Helper()
		name := alias
		if _, err := fake.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name}); err == nil {
			t.Errorf("%s is still there", alias)
		}
		if keys := live(t, fake); len(keys) > 0 {
			t.Errorf("keys that cost money: %v", keys)
		}
	}
	faultsweep.Run(t, func(t *testing.T, fake *kmsfake.Fake) {
		err := Remove(t.Context(), fake, alias)
		if err != nil { // the caller tries again, and may fail again
			err = Remove(t.Context(), fake, alias)
		}
		if err == nil {
			gone(t, fake.Clone())
		}
		later := fake.Clone()
		if err := Remove(t.Context(), later, alias); err != nil {
			t.Fatalf("a later call fails: %v", err)
		}
		gone(t, later)
	}, faultsweep.Prepare(prepare), faultsweep.Pairs())
}

// The careless version does its work, and the sweep finds its defects. A sweep
// that fails must fail in a process of its own.
func TestCarelessIsFound(t *testing.T) {
	if os.Getenv("SWEEP_CARELESS") != "" {
		faultsweep.Run(t, keepsItsPromises(func(ctx context.Context, api API, alias string) (string, error) {
			if out, err := api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias}); err == nil {
				return *out.KeyMetadata.Arn, nil
			}
			return Careless(ctx, api, alias)
		}))
		return
	}
	t.Parallel()
	command := exec.Command(os.Args[0], "-test.run=^TestCarelessIsFound$", "-test.v")
	command.Env = append(os.Environ(), "SWEEP_CARELESS=1")
	out, err := command.CombinedOutput()
	if err == nil {
		t.Fatalf("the sweep passes:\n%s", out)
	}
	for _, want := range []string{
		"--- FAIL: TestCarelessIsFound/CreateKey#1/Timeout/applied",
		"--- FAIL: TestCarelessIsFound/CreateAlias#1/DependencyTimeoutException/applied",
		"--- PASS: TestCarelessIsFound/CreateAlias#1/AccessDenied",
		"the body fails when CreateAlias#1 meets DependencyTimeoutException after it took effect",
		`fake.Inject(kmsfake.Fault{Operation: "CreateAlias", Times: 1, Error: &types.DependencyTimeoutException{}, Applied: true})`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("not told: %s\n%s", want, out)
		}
	}
}
