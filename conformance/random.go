package conformance

func random() []Scenario {
	return []Scenario{
		{
			Name: "random bytes",
			Fact: api("GenerateRandom"),
			Calls: []Call{
				answers("GenerateRandom", m{"NumberOfBytes": 32}, m{"Plaintext": length(32)}).as("random"),
				answers("GenerateRandom", m{"NumberOfBytes": 32}, m{"Plaintext": unlike("{random.Plaintext}")}),
				answers("GenerateRandom", m{"NumberOfBytes": 1024}, m{"Plaintext": length(1024)}),
			},
		},
		{
			Name:  "how many random bytes must be said",
			Fact:  recorded("GenerateRandom"),
			Calls: []Call{fails("GenerateRandom", nil, "ValidationException", "NumberOfBytes is required.")},
		},
		{
			Name: "no random bytes are too few",
			Fact: recorded("GenerateRandom"),
			Calls: []Call{
				fails("GenerateRandom", m{"NumberOfBytes": 0}, "ValidationException",
					"1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1"),
			},
		},
		{
			Name: "1025 random bytes are too many",
			Fact: recorded("GenerateRandom"),
			Calls: []Call{
				fails("GenerateRandom", m{"NumberOfBytes": 1025}, "ValidationException",
					"1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"),
			},
		},
	}
}
