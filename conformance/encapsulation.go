package conformance

func encapsulation() []Scenario {
	key := newKey("key", m{"KeySpec": "ML_KEM_768", "KeyUsage": "ENCAPSULATE_DECAPSULATE"})
	list := []Scenario{
		{
			Name: "an altered encapsulation decapsulates to another secret",
			Fact: documented("FIPS 203, implicit rejection"),
			Calls: []Call{
				key,
				given("Encapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM"}).as("shared"),
				answers("Decapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": altered("{shared.SharedSecretCiphertextBlob}")},
					m{"KeyId": "{key.arn}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecret": unlike("{shared.SharedSecret}")}),
			},
		},
		{
			Name: "an encapsulation of the wrong length",
			Fact: api("Decapsulate"),
			Calls: []Call{
				key,
				given("Encapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM"}).as("shared"),
				fails("Decapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": shortened("{shared.SharedSecretCiphertextBlob}")},
					"InvalidCiphertextException", ""),
			},
		},
		{
			Name: "a key that encrypts encapsulates nothing",
			Fact: guessed("the words were recorded of other operations"),
			Calls: []Call{
				newKey("key", nil),
				fails("Encapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM"}, "InvalidKeyUsageException", "{key.arn} key usage is ENCRYPT_DECRYPT which is not valid for Encapsulate."),
			},
		},
	}
	for _, c := range []struct {
		spec  string
		bytes int
	}{{"ML_KEM_512", 768}, {"ML_KEM_768", 1088}, {"ML_KEM_1024", 1568}} {
		list = append(list, Scenario{
			Name: c.spec + " encapsulates and decapsulates",
			Fact: api("Encapsulate"),
			Calls: []Call{
				newKey("key", m{"KeySpec": c.spec, "KeyUsage": "ENCAPSULATE_DECAPSULATE"}),
				answers("Encapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM"}, m{
					"KeyId": "{key.arn}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecret": length(32), "SharedSecretCiphertextBlob": length(c.bytes),
				}).as("shared"),
				answers("Decapsulate", m{"KeyId": "{key}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": "{shared.SharedSecretCiphertextBlob}"},
					m{"KeyId": "{key.arn}", "EncapsulationAlgorithm": "ML_KEM", "SharedSecret": "{shared.SharedSecret}"}),
			},
		})
	}
	return list
}
