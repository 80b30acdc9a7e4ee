package conformance

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

var (
	endpointURL = flag.String("endpoint", "", "play the scenarios against the endpoint of this `URL`")
	genuine     = flag.Bool("aws", false, "play the scenarios against AWS KMS, with the credentials in the environment")
	confirmed   = flag.Bool("yes", false, "with -aws: really do it, and pay for it")
	prove       = flag.Bool("prove", false, "with -aws: add what AWS agrees with to proven.txt")
	sweep       = flag.Bool("sweep", false, "with -aws: schedule the deletion of the keys that an interrupted run left")
	settle      = flag.Duration("settle", 2*time.Second, "with -aws: how long a change takes to show")
	otherRegion = flag.String("other-region", "us-west-2", "the `Region` for what needs two")
)

// own makes the target of a fake that nobody else uses.
func own(t *testing.T, fake *kmsfake.Fake, api kmsfake.API) *Target {
	t.Helper()
	to, err := NewTarget(t.Context(), api, fake.Region(), *otherRegion)
	if err != nil {
		t.Fatal(err)
	}
	to.Advance = func(d time.Duration) error { fake.Advance(d); return nil }
	return to
}

// eachAlone plays every scenario on a target of its own.
func eachAlone(t *testing.T, target func(*testing.T) *Target) {
	t.Parallel()
	if *genuine || *endpointURL != "" {
		t.Skip("another target is asked for")
	}
	for _, s := range Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			check(t, &s, target(t))
		})
	}
}

// check plays a scenario and says whether all was as it states.
func check(t *testing.T, s *Scenario, target *Target) bool {
	t.Helper()
	if why := target.Refuses(s); why != "" {
		t.Skip(why)
	}
	differences := s.Play(t.Context(), target)
	for _, d := range differences {
		t.Errorf("%v (%s: %s)", d, s.Fact.Evidence, s.Fact.From)
	}
	return len(differences) == 0
}

func TestFake(t *testing.T) {
	eachAlone(t, func(t *testing.T) *Target {
		fake := kmsfake.New()
		return own(t, fake, fake)
	})
}

func TestClient(t *testing.T) {
	eachAlone(t, func(t *testing.T) *Target {
		fake := kmsfake.New()
		return own(t, fake, fake.Client())
	})
}

func TestHTTP(t *testing.T) {
	eachAlone(t, func(t *testing.T) *Target {
		fake := kmsfake.New()
		server := httptest.NewServer(fake)
		t.Cleanup(server.Close)
		return own(t, fake, clientOf(server.URL, fake.Region(), fake.Credentials(), server.Client()))
	})
}

// TestEndpoint plays the scenarios against -endpoint, those last, and one after
// another, in which time passes for all.
func TestEndpoint(t *testing.T) {
	if *endpointURL == "" {
		t.Skip("no -endpoint")
	}
	region := inEnvironment("us-east-1", "AWS_REGION", "AWS_DEFAULT_REGION")
	playAt(t, *endpointURL, region)
}

func playAt(t *testing.T, url, region string) {
	api := clientOf(url, region, aws.CredentialsProviderFunc(credentials), http.DefaultClient)
	to, err := NewTarget(t.Context(), api, region, *otherRegion)
	if err != nil {
		t.Fatal(err)
	}
	if err := advanceOver(t.Context(), url, 0); err == nil {
		to.Advance = func(d time.Duration) error { return advanceOver(t.Context(), url, d) }
	} else {
		t.Logf("time cannot be moved: %v", err)
	}
	var timed []Scenario
	t.Run("at once", func(t *testing.T) {
		for _, s := range Scenarios() {
			if moves(&s) {
				timed = append(timed, s)
				continue
			}
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				check(t, &s, to)
			})
		}
	})
	t.Run("as time passes", func(t *testing.T) {
		for _, s := range timed {
			t.Run(s.Name, func(t *testing.T) { check(t, &s, to) })
		}
	})
}

// moves says whether any time passes in a scenario.
func moves(s *Scenario) bool {
	for _, c := range s.Calls {
		if c.Advance != 0 {
			return true
		}
	}
	return false
}

// advanceOver asks the endpoint of another process to move its time, as cmd/kmsfake
// can.
func advanceOver(ctx context.Context, url string, d time.Duration) error {
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(url, "/")+"/_kmsfake/advance", strings.NewReader(d.String()))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return fmt.Errorf("%s: %s", answer.Status, text)
	}
	return nil
}

// TestAWS plays the scenarios against AWS KMS. Nothing is sent before -yes.
func TestAWS(t *testing.T) {
	if !*genuine {
		t.Skip("no -aws")
	}
	var playable []Scenario
	for _, s := range Scenarios() {
		if (&Target{Genuine: true}).Refuses(&s) == "" {
			playable = append(playable, s)
		}
	}
	t.Logf("all %d scenarios that AWS can play: %v", len(playable), Estimate(playable))
	if !*confirmed {
		t.Fatal("nothing was done: add -yes")
	}
	region := inEnvironment("", "AWS_REGION", "AWS_DEFAULT_REGION")
	if region == "" {
		t.Fatal("AWS_REGION is not set")
	}
	options := kms.Options{
		Region: region, Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(credentials)), HTTPClient: http.DefaultClient,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = 8 }),
	}
	if url := inEnvironment("", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"); url != "" {
		if *prove {
			t.Fatalf("%s need not be AWS, and proves nothing", url)
		}
		t.Logf("through %s", url)
		options.BaseEndpoint = &url
	}
	to, err := NewTarget(t.Context(), kms.New(options), region, *otherRegion)
	if err != nil {
		t.Fatal(err)
	}
	to.Genuine, to.Settle = true, *settle
	if *sweep {
		if err := Sweep(t.Context(), to, func(arn string) { t.Logf("%s will be deleted", arn) }); err != nil {
			t.Fatal(err)
		}
		return
	}
	known, err := Proofs()
	if err != nil {
		t.Fatal(err)
	}
	var proofs notebook
	for _, s := range playable {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if check(t, &s, to) && *prove && !isProven(&s, known) {
				proofs.add(t, s.Prove(time.Now()))
			}
		})
	}
}

func isProven(s *Scenario, known []Proof) bool {
	return slices.ContainsFunc(known, func(p Proof) bool { return p.Proves(s) })
}

// notebook is proven.txt, which scenarios that run at once add to.
type notebook struct{ mu sync.Mutex }

func (n *notebook) add(t *testing.T, line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	file, err := os.OpenFile("proven.txt", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString(line)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}

// clientOf is a client that asks once: what an endpoint refuses is not asked again.
func clientOf(url, region string, who aws.CredentialsProvider, over kms.HTTPClient) *kms.Client {
	return kms.New(kms.Options{BaseEndpoint: &url, Region: region, Credentials: who, HTTPClient: over, Retryer: aws.NopRetryer{}})
}

// credentials are those in the environment, or some for an endpoint that takes any.
func credentials(context.Context) (aws.Credentials, error) {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	switch {
	case id != "" && secret != "":
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: os.Getenv("AWS_SESSION_TOKEN")}, nil
	case *genuine:
		return aws.Credentials{}, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
	}
	return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
}

func inEnvironment(otherwise string, names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return otherwise
}
