package kmsrapid_test

import (
	"testing"

	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/kmsrapid"
)

// Each law holds for careful callers whatever happens, and finds the others. Some
// of these are right as long as nobody interferes.
var laws = map[string]struct {
	law   func(*rapid.T, *kmsfake.Fake)
	finds string // what the failure says; "" is none
	quiet bool   // it is found without interference
}{
	"round trip":                         {law: kmsrapid.RoundTrips(seal, open)},
	"round trip under the alias":         {kmsrapid.RoundTrips(seal, openUnderAlias), "open refuses, though the key that sealed can be used", false},
	"round trip to nothing":              {kmsrapid.RoundTrips(seal, openOrNothing), "open gives other bytes", false},
	"round trip without a reason":        {kmsrapid.RoundTrips(seal, openMutely), "its error does not say why", false},
	"round trip with a needless check":   {kmsrapid.RoundTrips(seal, openTwice), "open refuses, though the key that sealed can be used", false},
	"store":                              {law: kmsrapid.NeverLeaks(storeSafely)},
	"store with the data key":            {kmsrapid.NeverLeaks(storeWithKey), "holds the Plaintext of GenerateDataKey in hexadecimal", true},
	"store anyway":                       {kmsrapid.NeverLeaks(storeAnyway), "what is stored holds the plaintext in base64", false},
	"store or tell":                      {kmsrapid.NeverLeaks(storeLoudly), "the error holds the plaintext as it is", false},
	"rotate by alias":                    {law: kmsrapid.Rotates(seal, rotate, open)},
	"rotate in place":                    {law: kmsrapid.Rotates(seal, rotateInPlace, open)},
	"rotate and open under the alias":    {kmsrapid.Rotates(seal, rotate, openUnderAlias), "open refuses, though the key that sealed can be used", true},
	"rotate and take errors for success": {kmsrapid.Rotates(seal, rotateHopefully, open), "seal uses the old key material", false},
	"rotate and delete the old key":      {kmsrapid.Rotates(seal, rotateTidily, open), "open refuses, though the key that sealed can be used", true},
	"provision":                          {law: kmsrapid.CleansUp(provision)},
	"provision carelessly":               {kmsrapid.CleansUp(provisionCarelessly), "it leaves the KMS key arn:aws:kms:us-east-1:111122223333:key/", false},
	"provision and forget the alias":     {kmsrapid.CleansUp(provisionHalf), "it leaves alias/new behind", false},
	"delegate":                           {kmsrapid.CleansUp(delegate), "it leaves grant ", false},
}

func TestLaws(t *testing.T) {
	t.Parallel()
	for name, test := range laws {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, failed := check(t, test.law, appKey)
			switch {
			case failed != (test.finds != ""):
				t.Errorf("found: %v\n%s", failed, log)
			case !mentions(log, test.finds):
				t.Errorf("does not say %q:\n%s", test.finds, log)
			}
			log, failed = check(t, test.law, appKey, kmsrapid.Quiet())
			if failed != test.quiet {
				t.Errorf("without interference, found: %v\n%s", failed, log)
			}
		})
	}
}
