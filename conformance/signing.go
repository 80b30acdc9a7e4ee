package conformance

import "fmt"

func signing() []Scenario {
	ecc := func(name, spec string) Call { return newKey(name, m{"KeySpec": spec, "KeyUsage": "SIGN_VERIFY"}) }
	list := []Scenario{
		{
			Name: "a public key tells its algorithms",
			Fact: api("GetPublicKey"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				answers("GetPublicKey", m{"KeyId": "{key}"}, m{
					"KeyId": "{key.arn}", "KeySpec": "RSA_2048", "CustomerMasterKeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT",
					"EncryptionAlgorithms": rsaEncryption, "PublicKey": length(294),
				}),
			},
		},
		{
			Name: "a public key for verification",
			Fact: api("GetPublicKey"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				answers("GetPublicKey", m{"KeyId": "{key}"}, m{
					"KeyId": "{key.arn}", "KeySpec": "ECC_NIST_P256", "CustomerMasterKeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY",
					"SigningAlgorithms": []string{"ECDSA_SHA_256"}, "PublicKey": length(91),
				}),
			},
		},
		{
			Name: "a symmetric key has no public key",
			Fact: api("GetPublicKey"),
			Calls: []Call{
				newKey("key", nil),
				failsLike("GetPublicKey", m{"KeyId": "{key}"}, "UnsupportedOperationException", "{key.arn} key spec is SYMMETRIC_DEFAULT which is not valid for GetPublicKey."),
			},
		},
		{
			Name: "a message is the same as its digest",
			Fact: api("Sign"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				given("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_256"}).as("signed"),
				answers("Verify", m{"KeyId": "{key}", "Message": digestOfMessage, "MessageType": "DIGEST", "Signature": "{signed.Signature}", "SigningAlgorithm": "ECDSA_SHA_256"},
					m{"KeyId": "{key.arn}", "SignatureValid": true, "SigningAlgorithm": "ECDSA_SHA_256"}),
			},
		},
		{
			Name: "a signature of another message",
			Fact: recorded("Verify"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				given("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_256"}).as("signed"),
				fails("Verify", m{"KeyId": "{key}", "Message": "another", "Signature": "{signed.Signature}", "SigningAlgorithm": "ECDSA_SHA_256"}, "KMSInvalidSignatureException", ""),
				fails("Verify", m{"KeyId": "{key}", "Message": "message", "Signature": altered("{signed.Signature}"), "SigningAlgorithm": "ECDSA_SHA_256"}, "KMSInvalidSignatureException", ""),
			},
		},
		{
			Name: "a signature of another key",
			Fact: recorded("Verify"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				ecc("another", "ECC_NIST_P256"),
				given("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_256"}).as("signed"),
				fails("Verify", m{"KeyId": "{another}", "Message": "message", "Signature": "{signed.Signature}", "SigningAlgorithm": "ECDSA_SHA_256"}, "KMSInvalidSignatureException", ""),
			},
		},
		{
			Name: "a message has at most 4096 bytes",
			Fact: api("Sign"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				given("Sign", m{"KeyId": "{key}", "Message": zeros(4096), "SigningAlgorithm": "ECDSA_SHA_256"}),
				fails("Sign", m{"KeyId": "{key}", "Message": zeros(4097), "SigningAlgorithm": "ECDSA_SHA_256"}, "ValidationException",
					"1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096"),
			},
		},
		{
			Name: "an algorithm of another curve",
			Fact: guessed("the words were recorded of MAC algorithms"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				fails("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_384"}, "InvalidKeyUsageException", "Algorithm ECDSA_SHA_384 is incompatible with key spec ECC_NIST_P256."),
			},
		},
		{
			Name: "a key that encrypts does not sign",
			Fact: recorded("Sign and DeriveSharedSecret; the operation's name differs"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				fails("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}, "InvalidKeyUsageException", "{key.arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign."),
			},
		},
		{
			Name: "a dry run of signing",
			Fact: recorded("DryRun"),
			Calls: []Call{
				ecc("key", "ECC_NIST_P256"),
				fails("Sign", m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": "ECDSA_SHA_256", "DryRun": true}, "DryRunOperationException", dryRun),
			},
		},
	}
	for _, c := range []struct {
		fact            Fact
		spec, algorithm string
	}{
		{recorded("Sign and Verify"), "RSA_2048", "RSASSA_PSS_SHA_256"},
		{recorded("Sign and Verify"), "RSA_2048", "RSASSA_PSS_SHA_384"},
		{recorded("Sign and Verify"), "RSA_2048", "RSASSA_PSS_SHA_512"},
		{recorded("Sign and Verify"), "RSA_4096", "RSASSA_PKCS1_V1_5_SHA_256"},
		{recorded("Sign and Verify"), "RSA_4096", "RSASSA_PKCS1_V1_5_SHA_512"},
		{recorded("Sign and Verify"), "ECC_NIST_P256", "ECDSA_SHA_256"},
		{recorded("Sign and Verify"), "ECC_NIST_P384", "ECDSA_SHA_384"},
		{recorded("Sign and Verify"), "ECC_SECG_P256K1", "ECDSA_SHA_256"},
		{api("Sign"), "ECC_NIST_P521", "ECDSA_SHA_512"},
	} {
		in := m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": c.algorithm}
		list = append(list, Scenario{
			Name: fmt.Sprintf("%s under %s signs, verifies and knows its digest", c.algorithm, c.spec),
			Fact: c.fact,
			Calls: []Call{
				ecc("key", c.spec),
				answers("Sign", in, m{"KeyId": "{key.arn}", "Signature": some{}, "SigningAlgorithm": c.algorithm}).as("signed"),
				answers("Verify", with(in, m{"Signature": "{signed.Signature}"}), m{"KeyId": "{key.arn}", "SignatureValid": true, "SigningAlgorithm": c.algorithm}),
				fails("Sign", with(in, m{"MessageType": "DIGEST"}), "ValidationException", "Digest is invalid length for algorithm "+c.algorithm+"."),
				fails("Verify", with(in, m{"Signature": "no signature"}), "KMSInvalidSignatureException", ""),
			},
		})
	}
	for _, c := range []struct{ spec, algorithm string }{{"ECC_NIST_EDWARDS25519", "ED25519_SHA_512"}, {"ML_DSA_44", "ML_DSA_SHAKE_256"}, {"ML_DSA_65", "ML_DSA_SHAKE_256"}} {
		in := m{"KeyId": "{key}", "Message": "message", "SigningAlgorithm": c.algorithm}
		list = append(list, Scenario{
			Name: fmt.Sprintf("%s under %s signs and verifies", c.algorithm, c.spec),
			Fact: api("Sign"),
			Calls: []Call{
				ecc("key", c.spec),
				answers("Sign", in, m{"KeyId": "{key.arn}", "Signature": some{}, "SigningAlgorithm": c.algorithm}).as("signed"),
				answers("Verify", with(in, m{"Signature": "{signed.Signature}"}), m{"KeyId": "{key.arn}", "SignatureValid": true, "SigningAlgorithm": c.algorithm}),
				fails("Verify", with(in, m{"Signature": altered("{signed.Signature}")}), "KMSInvalidSignatureException", ""),
			},
		})
	}
	return list
}

// digestOfMessage is the SHA-256 of "message".
const digestOfMessage = "\xab\x53\x0a\x13\xe4\x59\x14\x98\x2b\x79\xf9\xb7\xe3\xfb\xa9\x94\xcf\xd1\xf3\xfb\x22\xf7\x1c\xea\x1a\xfb\xf0\x2b\x46\x0c\x6d\x1d"
