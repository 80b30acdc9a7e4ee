package conformance

func lastUsage() []Scenario {
	return []Scenario{
		{
			Name: "a key that was never used",
			Fact: recorded("GetKeyLastUsage, 2026"),
			Calls: []Call{
				newKey("key", nil),
				answers("GetKeyLastUsage", m{"KeyId": "{key}"}, m{
					"KeyId": "{key.arn}", "KeyCreationDate": fromNow(0), "TrackingStartDate": some{}, "KeyLastUsage": m{},
				}),
			},
		},
		{
			Name: "the last use of a key",
			Fact: recorded("GetKeyLastUsage, 2026"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				answers("GetKeyLastUsage", m{"KeyId": "{key}"}, lastUsed("Encrypt")),
				given("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}),
				answers("GetKeyLastUsage", m{"KeyId": "{key}"}, lastUsed("Decrypt")),
			},
		},
		{
			Name: "a dry run is no use",
			Fact: guessed("nothing was encrypted"),
			Calls: []Call{
				newKey("key", nil),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "DryRun": true}, "DryRunOperationException", dryRun),
				answers("GetKeyLastUsage", m{"KeyId": "{key}"}, m{
					"KeyId": "{key.arn}", "KeyCreationDate": fromNow(0), "TrackingStartDate": some{}, "KeyLastUsage": m{},
				}),
			},
		},
	}
}

func lastUsed(operation string) m {
	return m{
		"KeyId": "{key.arn}", "KeyCreationDate": fromNow(0), "TrackingStartDate": some{},
		"KeyLastUsage": m{"Operation": operation, "Timestamp": fromNow(0), "CloudTrailEventId": uuid, "KmsRequestId": uuid},
	}
}
