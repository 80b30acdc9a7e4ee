package conformance

import "fmt"

// sealed is what Encrypt answers under a symmetric encryption key.
func sealed(key string) m {
	return m{"KeyId": "{" + key + ".arn}", "CiphertextBlob": some{}, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}
}

// opened is what Decrypt answers under a symmetric encryption key.
func opened(key string, plaintext any) m {
	return m{"KeyId": "{" + key + ".arn}", "Plaintext": plaintext, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT", "KeyMaterialId": "{" + key + ".KeyMetadata.CurrentKeyMaterialId}"}
}

const wrongKey = "The key ID in the request does not identify a CMK that can perform this operation."

func encryption() []Scenario {
	list := []Scenario{
		{
			Name: "what is encrypted is decrypted, the key named or not",
			Fact: api("Decrypt"),
			Calls: []Call{
				newKey("key", nil),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, sealed("key")).as("sealed"),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", "secret")),
				answers("Decrypt", m{"KeyId": "{key}", "CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", "secret")),
			},
		},
		{
			Name: "the same plaintext gets another ciphertext",
			Fact: documented(guide + "concepts.html"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, with(sealed("key"), m{"CiphertextBlob": unlike("{sealed.CiphertextBlob}")})),
			},
		},
		{
			Name: "4096 bytes are encrypted, not one more",
			Fact: recorded("Encrypt"),
			Calls: []Call{
				newKey("key", nil),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": zeros(4096)}, sealed("key")).as("sealed"),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", length(4096))),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": zeros(4097)}, "ValidationException",
					"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"),
			},
		},
		{
			Name: "the encryption context must be the same",
			Fact: recorded("Decrypt"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionContext": m{"tenant": "1", "purpose": "test"}}).as("sealed"),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionContext": m{"purpose": "test", "tenant": "1"}}, opened("key", "secret")),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "InvalidCiphertextException", ""),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionContext": m{"tenant": "1"}}, "InvalidCiphertextException", ""),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionContext": m{"purpose": "TEST", "tenant": "1"}}, "InvalidCiphertextException", ""),
			},
		},
		{
			Name: "garbage is no ciphertext",
			Fact: recorded("Decrypt"),
			Calls: []Call{
				newKey("key", nil),
				fails("Decrypt", m{"KeyId": "{key}", "CiphertextBlob": "bad-ciphertext"}, "InvalidCiphertextException", ""),
				fails("Decrypt", m{"CiphertextBlob": "bad-ciphertext"}, "InvalidCiphertextException", ""),
			},
		},
		{
			Name: "an altered or shortened ciphertext is none",
			Fact: recorded("Decrypt"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				fails("Decrypt", m{"CiphertextBlob": altered("{sealed.CiphertextBlob}")}, "InvalidCiphertextException", ""),
				fails("Decrypt", m{"CiphertextBlob": shortened("{sealed.CiphertextBlob}")}, "InvalidCiphertextException", ""),
			},
		},
		{
			Name: "another key than the one that encrypted",
			Fact: recorded("ReEncrypt"),
			Calls: []Call{
				newKey("key", nil),
				newKey("another", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				fails("Decrypt", m{"KeyId": "{another}", "CiphertextBlob": "{sealed.CiphertextBlob}"}, "IncorrectKeyException", wrongKey),
				fails("ReEncrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "SourceKeyId": "{another}", "DestinationKeyId": "{key}"}, "IncorrectKeyException", wrongKey),
			},
		},
		{
			Name: "a ciphertext of another Region",
			Fact: reported("Decrypt without a KeyId"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "AccessDeniedException",
					"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.").elsewhere(),
			},
		},
		{
			Name: "a ciphertext is encrypted anew under another key and context",
			Fact: api("ReEncrypt"),
			Calls: []Call{
				newKey("key", nil),
				newKey("next", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionContext": m{"a": "1"}}).as("sealed"),
				fails("ReEncrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "DestinationKeyId": "{next}"}, "InvalidCiphertextException", ""),
				answers("ReEncrypt", m{
					"CiphertextBlob": "{sealed.CiphertextBlob}", "SourceEncryptionContext": m{"a": "1"},
					"DestinationKeyId": "{next}", "DestinationEncryptionContext": m{"b": "2"},
				}, m{
					"CiphertextBlob": unlike("{sealed.CiphertextBlob}"), "KeyId": "{next.arn}", "SourceKeyId": "{key.arn}",
					"SourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT", "DestinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
					"SourceKeyMaterialId": "{key.KeyMetadata.CurrentKeyMaterialId}", "DestinationKeyMaterialId": "{next.KeyMetadata.CurrentKeyMaterialId}",
				}).as("again"),
				answers("Decrypt", m{"CiphertextBlob": "{again.CiphertextBlob}", "EncryptionContext": m{"b": "2"}}, opened("next", "secret")),
			},
		},
		{
			Name: "a symmetric algorithm is not for RSA keys",
			Fact: guessed("the words were recorded of MAC algorithms"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."),
			},
		},
		{
			Name: "an RSA algorithm is not for symmetric keys",
			Fact: guessed("the words were recorded of MAC algorithms"),
			Calls: []Call{
				newKey("key", nil),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, "InvalidKeyUsageException",
					"Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT."),
			},
		},
		{
			Name: "a ciphertext of an RSA key needs its key and algorithm",
			Fact: api("Decrypt"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"},
					m{"KeyId": "{key.arn}", "CiphertextBlob": length(256), "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}).as("sealed"),
				answers("Decrypt", m{"KeyId": "{key}", "CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"},
					m{"KeyId": "{key.arn}", "Plaintext": "secret", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}),
				fails("Decrypt", m{"KeyId": "{key}", "CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}, "InvalidCiphertextException", ""),
				failsLike("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, "ValidationException",
					"KeyId is required when the ciphertext was encrypted under an asymmetric KMS key."),
			},
		},
		{
			Name: "an RSA key takes no encryption context",
			Fact: api("Encrypt"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				failsLike("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256", "EncryptionContext": m{"a": "1"}},
					"ValidationException", "EncryptionContext is not supported for algorithm RSAES_OAEP_SHA_256."),
			},
		},
		{
			Name: "a key that signs does not encrypt",
			Fact: recorded("Encrypt"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, "InvalidKeyUsageException",
					"{key.arn} key usage is SIGN_VERIFY which is not valid for Encrypt."),
			},
		},
		{
			Name: "a dry run of what would succeed",
			Fact: recorded("DryRun"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("ReEncrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "DestinationKeyId": "{key}", "DryRun": true}, "DryRunOperationException", dryRun),
			},
		},
		{
			Name: "a dry run of what would fail",
			Fact: api("Encrypt"),
			Calls: []Call{
				newKey("key", nil),
				given("DisableKey", m{"KeyId": "{key}"}),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "DryRun": true}, "DisabledException", "{key.arn} is disabled."),
			},
		},
	}
	for _, c := range []struct {
		spec, algorithm string
		limit           int
	}{
		{"RSA_2048", "RSAES_OAEP_SHA_1", 214}, {"RSA_2048", "RSAES_OAEP_SHA_256", 190},
		{"RSA_3072", "RSAES_OAEP_SHA_1", 342}, {"RSA_3072", "RSAES_OAEP_SHA_256", 318},
		{"RSA_4096", "RSAES_OAEP_SHA_1", 470}, {"RSA_4096", "RSAES_OAEP_SHA_256", 446},
	} {
		list = append(list, Scenario{
			Name: fmt.Sprintf("%s under %s encrypts %d bytes", c.algorithm, c.spec, c.limit),
			Fact: recorded("Encrypt"),
			Calls: []Call{
				newKey("key", m{"KeySpec": c.spec, "KeyUsage": "ENCRYPT_DECRYPT"}),
				answers("Encrypt", m{"KeyId": "{key}", "EncryptionAlgorithm": c.algorithm, "Plaintext": zeros(c.limit)},
					m{"KeyId": "{key.arn}", "CiphertextBlob": some{}, "EncryptionAlgorithm": c.algorithm}),
				fails("Encrypt", m{"KeyId": "{key}", "EncryptionAlgorithm": c.algorithm, "Plaintext": zeros(c.limit + 1)}, "ValidationException",
					fmt.Sprintf("Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", c.algorithm, c.spec, c.limit)),
			},
		})
	}
	return list
}

const dryRun = "The request would have succeeded, but the DryRun option is set."
