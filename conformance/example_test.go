package conformance_test

import (
	"context"
	"fmt"
	"time"

	"example.com/kmsfake"
	"example.com/kmsfake/conformance"
)

// Whether something that stands in for AWS KMS does what AWS KMS does.
func ExampleScenario_Play() {
	ctx := context.Background()
	fake := kmsfake.New()
	target, err := conformance.NewTarget(ctx, fake, fake.Region(), "us-west-2")
	if err != nil {
		fmt.Println(err)
		return
	}
	target.Advance = func(d time.Duration) error { fake.Advance(d); return nil }
	differences := 0
	for _, s := range conformance.Scenarios() {
		if target.Refuses(&s) != "" {
			continue
		}
		for _, d := range s.Play(ctx, target) {
			differences++
			fmt.Printf("%s: %v (%v: %s)\n", s.Name, d, s.Fact.Evidence, s.Fact.From)
		}
	}
	fmt.Println(differences, "differences")
	// Output: 0 differences
}

func ExampleEstimate() {
	cost := conformance.Estimate([]conformance.Scenario{{Calls: []conformance.Call{
		{Operation: "CreateKey", Keep: "key"},
		{Operation: "Encrypt", Input: conformance.Members{"KeyId": "{key}", "Plaintext": "secret"}},
	}}})
	fmt.Println(cost)
	// Output: 1 KMS keys for up to an hour, then 7 days of waiting for deletion, which are free; 3 requests; about $0.00
}
