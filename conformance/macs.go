package conformance

func macs() []Scenario {
	hmac := newKey("key", m{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"})
	in := m{"KeyId": "{key}", "Message": "some important message", "MacAlgorithm": "HMAC_SHA_256"}
	list := []Scenario{
		{
			Name: "the same message has the same MAC",
			Fact: api("GenerateMac"),
			Calls: []Call{
				hmac,
				given("GenerateMac", in).as("mac"),
				answers("GenerateMac", in, m{"KeyId": "{key.arn}", "Mac": "{mac.Mac}", "MacAlgorithm": "HMAC_SHA_256"}),
			},
		},
		{
			Name: "the MAC of another message",
			Fact: recorded("VerifyMac"),
			Calls: []Call{
				hmac,
				given("GenerateMac", in).as("mac"),
				fails("VerifyMac", with(in, m{"Mac": "{mac.Mac}", "Message": "some different important message"}), "KMSInvalidMacException", ""),
				fails("VerifyMac", with(in, m{"Mac": altered("{mac.Mac}")}), "KMSInvalidMacException", ""),
				fails("VerifyMac", with(in, m{"Mac": shortened("{mac.Mac}")}), "KMSInvalidMacException", ""),
			},
		},
		{
			Name: "a MAC algorithm of another key spec",
			Fact: recorded("VerifyMac"),
			Calls: []Call{
				hmac,
				given("GenerateMac", in).as("mac"),
				fails("VerifyMac", with(in, m{"Mac": "{mac.Mac}", "MacAlgorithm": "HMAC_SHA_512"}), "InvalidKeyUsageException", "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256."),
				fails("GenerateMac", with(in, m{"MacAlgorithm": "HMAC_SHA_512"}), "InvalidKeyUsageException", "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256."),
			},
		},
		{
			Name: "no such MAC algorithm",
			Fact: recorded("VerifyMac"),
			Calls: []Call{
				hmac,
				fails("VerifyMac", with(in, m{"Mac": "mac", "MacAlgorithm": "INVALID"}), "ValidationException",
					"1 validation error detected: Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]"),
			},
		},
		{
			Name: "no key for MACs",
			Fact: recorded("GenerateMac and VerifyMac"),
			Calls: []Call{
				fails("GenerateMac", with(in, m{"KeyId": "key_id"}), "NotFoundException", "Invalid keyId 'key_id'"),
				fails("VerifyMac", with(in, m{"KeyId": "key_id", "Mac": "mac"}), "NotFoundException", "Invalid keyId 'key_id'"),
			},
		},
		{
			Name: "a key that encrypts makes no MAC",
			Fact: guessed("the words were recorded of other operations"),
			Calls: []Call{
				newKey("key", nil),
				fails("GenerateMac", in, "InvalidKeyUsageException", "{key.arn} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac."),
			},
		},
		{
			Name: "a dry run of MACs",
			Fact: recorded("DryRun"),
			Calls: []Call{
				hmac,
				fails("GenerateMac", with(in, m{"DryRun": true}), "DryRunOperationException", dryRun),
			},
		},
	}
	for _, c := range []struct {
		spec, algorithm string
		bytes           int
	}{{"HMAC_224", "HMAC_SHA_224", 28}, {"HMAC_256", "HMAC_SHA_256", 32}, {"HMAC_384", "HMAC_SHA_384", 48}, {"HMAC_512", "HMAC_SHA_512", 64}} {
		in := with(in, m{"MacAlgorithm": c.algorithm})
		list = append(list, Scenario{
			Name: c.algorithm + " is generated and verified",
			Fact: recorded("GenerateMac and VerifyMac"),
			Calls: []Call{
				newKey("key", m{"KeySpec": c.spec, "KeyUsage": "GENERATE_VERIFY_MAC"}),
				answers("GenerateMac", in, m{"KeyId": "{key.arn}", "Mac": length(c.bytes), "MacAlgorithm": c.algorithm}).as("mac"),
				answers("VerifyMac", with(in, m{"Mac": "{mac.Mac}"}), m{"KeyId": "{key.arn}", "MacValid": true, "MacAlgorithm": c.algorithm}),
			},
		})
	}
	return list
}
