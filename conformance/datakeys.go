package conformance

// dataKey is what GenerateDataKey answers.
func dataKey(key string, bytes int) m {
	return m{"KeyId": "{" + key + ".arn}", "CiphertextBlob": some{}, "Plaintext": length(bytes), "KeyMaterialId": "{" + key + ".KeyMetadata.CurrentKeyMaterialId}"}
}

// dataKeyPair is what GenerateDataKeyPair answers.
func dataKeyPair(key, spec string) m {
	return m{
		"KeyId": "{" + key + ".arn}", "KeyPairSpec": spec, "PrivateKeyCiphertextBlob": some{}, "PrivateKeyPlaintext": some{}, "PublicKey": some{},
		"KeyMaterialId": "{" + key + ".KeyMetadata.CurrentKeyMaterialId}",
	}
}

func dataKeys() []Scenario {
	list := []Scenario{
		{
			Name: "a data key of 256 bits",
			Fact: api("GenerateDataKey"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, dataKey("key", 32)).as("data"),
				answers("Decrypt", m{"CiphertextBlob": "{data.CiphertextBlob}"}, opened("key", "{data.Plaintext}")),
			},
		},
		{
			Name: "a data key of 128 bits",
			Fact: api("GenerateDataKey"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_128"}, dataKey("key", 16)),
			},
		},
		{
			Name: "a data key of a number of bytes",
			Fact: api("GenerateDataKey"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKey", m{"KeyId": "{key}", "NumberOfBytes": 1}, dataKey("key", 1)),
				answers("GenerateDataKey", m{"KeyId": "{key}", "NumberOfBytes": 1024}, dataKey("key", 1024)),
				fails("GenerateDataKey", m{"KeyId": "{key}", "NumberOfBytes": 1025}, "ValidationException",
					"1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"),
			},
		},
		{
			Name: "the length of a data key, once",
			Fact: guessed("that one of the two is needed is documented; an emulator answers in these words"),
			Calls: []Call{
				newKey("key", nil),
				fails("GenerateDataKey", m{"KeyId": "{key}"}, "ValidationException", "Please specify either number of bytes or key spec."),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256", "NumberOfBytes": 32}, "ValidationException", "Please specify either number of bytes or key spec."),
				fails("GenerateDataKeyWithoutPlaintext", m{"KeyId": "{key}"}, "ValidationException", "Please specify either number of bytes or key spec."),
			},
		},
		{
			Name: "a data key without its plaintext",
			Fact: api("GenerateDataKeyWithoutPlaintext"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKeyWithoutPlaintext", m{"KeyId": "{key}", "KeySpec": "AES_256", "EncryptionContext": m{"a": "1"}}, without(dataKey("key", 32), "Plaintext")).as("data"),
				answers("Decrypt", m{"CiphertextBlob": "{data.CiphertextBlob}", "EncryptionContext": m{"a": "1"}}, opened("key", length(32))),
				fails("Decrypt", m{"CiphertextBlob": "{data.CiphertextBlob}"}, "InvalidCiphertextException", ""),
			},
		},
		{
			Name: "a dry run of data keys",
			Fact: recorded("DryRun"),
			Calls: []Call{
				newKey("key", nil),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("GenerateDataKeyWithoutPlaintext", m{"KeyId": "{key}", "KeySpec": "AES_256", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("GenerateDataKeyPair", m{"KeyId": "{key}", "KeyPairSpec": "RSA_2048", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("GenerateDataKeyPairWithoutPlaintext", m{"KeyId": "{key}", "KeyPairSpec": "RSA_2048", "DryRun": true}, "DryRunOperationException", dryRun),
			},
		},
		{
			Name: "data keys are not from keys for MACs",
			Fact: guessed("the words were recorded of other operations"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, "InvalidKeyUsageException", "{key.arn} key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKey."),
			},
		},
		{
			Name: "data keys are not from RSA keys",
			Fact: guessed("that a symmetric encryption key is needed is documented"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				failsLike("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."),
			},
		},
		{
			Name: "an RSA data key pair without its plaintext",
			Fact: recorded("GenerateDataKeyPairWithoutPlaintext; KeyMaterialId is newer"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKeyPairWithoutPlaintext", m{"KeyId": "{key}", "KeyPairSpec": "RSA_2048"}, without(dataKeyPair("key", "RSA_2048"), "PrivateKeyPlaintext")),
			},
		},
	}
	for _, spec := range []string{"RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"} {
		list = append(list, Scenario{
			Name: "a data key pair of spec " + spec,
			Fact: api("GenerateDataKeyPair"),
			Calls: []Call{
				newKey("key", nil),
				answers("GenerateDataKeyPair", m{"KeyId": "{key}", "KeyPairSpec": spec}, dataKeyPair("key", spec)).as("pair"),
				answers("Decrypt", m{"CiphertextBlob": "{pair.PrivateKeyCiphertextBlob}"}, opened("key", "{pair.PrivateKeyPlaintext}")),
			},
		})
	}
	return list
}
