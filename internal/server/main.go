package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/wire"
)

// patience is how long calls that are under way may go on after the end.
const patience = 3 * time.Second

// Main is the command: it serves until ctx ends, and returns the exit status: 0
// for a clean end, 1 when it could not serve, 2 for wrong flags or files.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	config, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case err != nil:
		fmt.Fprintln(stderr, "kmsfake:", err)
		return 2
	}
	config.Logger = slog.New(slog.NewTextHandler(stderr, nil))
	s, err := New(config)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	running, err := s.Start()
	if err != nil {
		fmt.Fprintln(stderr, "kmsfake:", err)
		return 1
	}
	fmt.Fprint(stdout, running.banner())
	select {
	case err = <-running.Failed():
		fmt.Fprintln(stderr, "kmsfake:", err)
		return 1
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := running.Stop(limited); err != nil {
		fmt.Fprintln(stderr, "kmsfake:", err)
		return 1
	}
	return 0
}

// errUsage is an error that the flags have told already.
var errUsage = errors.New("wrong flags")

// parse reads the flags and the files that they name.
func parse(args []string, stderr io.Writer) (Config, error) {
	c := Config{Seed: rand.Uint64()}
	var keys, faults string
	flags := flag.NewFlagSet("kmsfake", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.Addr, "addr", "127.0.0.1:4566", "`host:port` to listen on; port 0 is any")
	flags.StringVar(&c.Region, "region", "us-east-1", "Region of keys that say nothing else")
	flags.StringVar(&c.Account, "account", "111122223333", "account of clients with credentials of their own")
	flags.Uint64Var(&c.Seed, "seed", c.Seed, "number that ids, key material and random bytes follow from; another each time by default")
	flags.StringVar(&keys, "keys", "", "JSON `file` of keys that are there from the start")
	flags.StringVar(&faults, "faults", "", "JSON `file` of faults that are injected from the start")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return c, err
	} else if err != nil {
		return c, errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "kmsfake takes no arguments, but %q is one\n", flags.Arg(0))
		flags.Usage()
		return c, errUsage
	}
	if len(c.Account) != 12 || strings.Trim(c.Account, "0123456789") != "" {
		return c, fmt.Errorf("-account: %q is not 12 digits", c.Account)
	}
	if !wire.ValidRegion(c.Region) {
		return c, fmt.Errorf("-region: %q is not the name of a Region", c.Region)
	}
	var err error
	if c.Keys, err = readFile(keys, kmsfake.ReadKeys); err != nil {
		return c, err
	}
	c.Faults, err = readFile(faults, kmsfake.ReadFaults)
	return c, err
}

// readFile reads a file with read, unless it has no name.
func readFile[T any](name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// banner says how to point clients at the server.
func (r *Running) banner() string {
	return fmt.Sprintf(`kmsfake serves AWS KMS at %[1]s
account %[2]s, Region %[3]s, seed %[4]d, %[5]d keys

The AWS CLI and the SDKs find it with
  export AWS_ENDPOINT_URL_KMS=%[1]s AWS_REGION=%[3]s AWS_DEFAULT_REGION=%[3]s
  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  aws kms create-key
or, one by one,
  CLI      aws --endpoint-url %[1]s kms list-keys
  Go       kms.NewFromConfig(cfg, func(o *kms.Options) { o.BaseEndpoint = aws.String("%[1]s") })
  Python   boto3.client("kms", endpoint_url="%[1]s")

Tests drive it with
  curl -X POST -d 192h %[1]s/_kmsfake/advance
  curl -X POST %[1]s/_kmsfake/reset
  curl %[1]s/_kmsfake/dump
  curl %[1]s/_kmsfake/calls
  curl -X PUT -d '[{"operation": "Decrypt", "times": 1, "error": "Throttled"}]' %[1]s/_kmsfake/faults
`, r.URL(), r.config.Account, r.config.Region, r.config.Seed, len(r.config.Keys))
}
