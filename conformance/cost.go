package conformance

import "fmt"

// Cost is what a run against AWS comes to, in US dollars by the prices of
// us-east-1, without the free tier.
type Cost struct {
	Keys, Requests int
	Dollars        float64
}

func (c Cost) String() string {
	return fmt.Sprintf("%d KMS keys for up to an hour, then 7 days of waiting for deletion, which are free; %d requests; about $%.2f", c.Keys, c.Requests, c.Dollars)
}

const (
	keyHour    = 1.0 / 730 // a KMS key costs $1 a month, by the hour
	request    = 0.03 / 10_000
	asymmetric = 0.15 / 10_000 // and what asks of an asymmetric key other than RSA 2048
	keyPair    = 0.10 / 10_000
	rsaKeyPair = 12.0 / 10_000
)

// Estimate is the cost of playing scenarios, with every request at the price of
// the dearest that it can be.
func Estimate(scenarios []Scenario) Cost {
	var cost Cost
	for _, s := range scenarios {
		for _, c := range s.Calls {
			if c.Advance != 0 {
				continue
			}
			cost.Requests++
			cost.Dollars += price(c)
			if c.Operation == "CreateKey" || c.Operation == "ReplicateKey" {
				cost.Keys++
				cost.Requests++ // its deletion
				cost.Dollars += keyHour + request
			}
		}
	}
	return cost
}

func price(c Call) float64 {
	switch c.Operation {
	case "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext":
		if spec, _ := c.Input["KeyPairSpec"].(string); len(spec) > 3 && spec[:3] == "RSA" {
			return rsaKeyPair
		}
		return keyPair
	case "Sign", "Verify", "Encrypt", "Decrypt", "ReEncrypt", "GetPublicKey", "DeriveSharedSecret", "Encapsulate", "Decapsulate":
		return asymmetric
	}
	return request
}
