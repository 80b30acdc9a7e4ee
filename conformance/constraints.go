package conformance

import "strings"

func constraints() []Scenario {
	return []Scenario{
		{
			Name: "several failures are told at once",
			Fact: guessed("the form is recorded of one failure, and of several by other services of AWS"),
			Calls: []Call{
				fails("GenerateDataKey", m{"KeyId": "", "NumberOfBytes": 0}, "ValidationException",
					"2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"),
			},
		},
		{
			Name: "constraints come before the key",
			Fact: guessed("from the order in recorded answers"),
			Calls: []Call{
				fails("Encrypt", m{"KeyId": missingKey, "Plaintext": zeros(4097)}, "ValidationException",
					"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"),
			},
		},
		{
			Name: "the state comes before the usage",
			Fact: guessed("from the order in recorded answers"),
			Calls: []Call{
				newKey("key", nil),
				given("DisableKey", m{"KeyId": "{key}"}),
				fails("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_256"}, "DisabledException", "{key.arn} is disabled."),
			},
		},
		{
			Name: "a key id of 2049 characters",
			Fact: guessed("the words are those of other lengths"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": strings.Repeat("a", 2049)}, "ValidationException",
					"1 validation error detected: Value '"+strings.Repeat("a", 2049)+"' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 2048"),
			},
		},
		{
			Name: "a description of 8193 characters",
			Fact: guessed("the words are those of other lengths"),
			Calls: []Call{
				fails("CreateKey", m{"Description": strings.Repeat("a", 8193)}, "ValidationException",
					"1 validation error detected: Value '"+strings.Repeat("a", 8193)+"' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192"),
			},
		},
		{
			Name: "an empty plaintext",
			Fact: guessed("the words are those of other lengths"),
			Calls: []Call{
				newKey("key", nil),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": zeros(0)}, "ValidationException",
					"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1"),
			},
		},
	}
}
