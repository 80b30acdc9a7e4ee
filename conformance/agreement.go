package conformance

func agreement() []Scenario {
	agrees := m{"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}
	in := m{"KeyId": "{key}", "KeyAgreementAlgorithm": "ECDH", "PublicKey": "{public.PublicKey}"}
	return []Scenario{
		{
			Name: "two keys agree on one secret",
			Fact: recorded("DeriveSharedSecret"),
			Calls: []Call{
				newKey("key", agrees),
				newKey("peer", agrees),
				given("GetPublicKey", m{"KeyId": "{peer}"}).as("public"),
				answers("DeriveSharedSecret", in, m{"KeyId": "{key.arn}", "KeyAgreementAlgorithm": "ECDH", "KeyOrigin": "AWS_KMS", "SharedSecret": length(32)}).as("secret"),
				given("GetPublicKey", m{"KeyId": "{key}"}).as("public"),
				answers("DeriveSharedSecret", with(in, m{"KeyId": "{peer}"}), m{
					"KeyId": "{peer.arn}", "KeyAgreementAlgorithm": "ECDH", "KeyOrigin": "AWS_KMS", "SharedSecret": "{secret.SharedSecret}",
				}),
			},
		},
		{
			Name: "a key that signs agrees on nothing",
			Fact: recorded("DeriveSharedSecret"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}),
				given("GetPublicKey", m{"KeyId": "{key}"}).as("public"),
				fails("DeriveSharedSecret", in, "InvalidKeyUsageException", "{key.arn} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret."),
			},
		},
		{
			Name: "a key that encrypts agrees on nothing",
			Fact: recorded("DeriveSharedSecret"),
			Calls: []Call{
				newKey("key", nil),
				fails("DeriveSharedSecret", with(in, m{"PublicKey": "no public key"}), "InvalidKeyUsageException", "{key.arn} key usage is ENCRYPT_DECRYPT which is not valid for DeriveSharedSecret."),
			},
		},
		{
			Name: "no such key agreement algorithm",
			Fact: recorded("DeriveSharedSecret"),
			Calls: []Call{
				newKey("key", agrees),
				fails("DeriveSharedSecret", with(in, m{"KeyAgreementAlgorithm": "INVALID", "PublicKey": "no public key"}), "ValidationException",
					"1 validation error detected: Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]"),
			},
		},
		{
			Name: "no public key to agree with",
			Fact: recorded("DeriveSharedSecret"),
			Calls: []Call{
				newKey("key", agrees),
				fails("DeriveSharedSecret", with(in, m{"PublicKey": "InvalidPublicKey"}), "ValidationException", ""),
			},
		},
		{
			Name: "a public key of another curve",
			Fact: guessed("no words, as of no public key at all"),
			Calls: []Call{
				newKey("key", agrees),
				newKey("peer", m{"KeySpec": "ECC_NIST_P384", "KeyUsage": "KEY_AGREEMENT"}),
				given("GetPublicKey", m{"KeyId": "{peer}"}).as("public"),
				fails("DeriveSharedSecret", in, "ValidationException", ""),
			},
		},
		{
			Name: "a dry run of agreement",
			Fact: recorded("DryRun"),
			Calls: []Call{
				newKey("key", agrees),
				given("GetPublicKey", m{"KeyId": "{key}"}).as("public"),
				fails("DeriveSharedSecret", with(in, m{"DryRun": true}), "DryRunOperationException", dryRun),
			},
		},
	}
}
