package conformance

import "strings"

// metadata is the metadata of a fresh symmetric encryption key that is kept as
// name.
func metadata(name string, more m) m {
	return with(m{
		"AWSAccountId": "{account}", "KeyId": "{" + name + "}", "Arn": "arn:{partition}:kms:{region}:{account}:key/{" + name + "}",
		"CreationDate": fromNow(0), "Description": "", "Enabled": true, "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT",
		"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
		"MultiRegion": false, "EncryptionAlgorithms": []string{"SYMMETRIC_DEFAULT"}, "CurrentKeyMaterialId": materialID,
	}, more)
}

// without is from without some of its members.
func without(from m, names ...string) m {
	rest := with(from, nil)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// pair is the metadata of a fresh asymmetric or HMAC key.
func pair(name, spec, usage, algorithmsMember string, algorithms ...string) m {
	return with(without(metadata(name, nil), "EncryptionAlgorithms", "CurrentKeyMaterialId"), m{
		"KeySpec": spec, "CustomerMasterKeySpec": spec, "KeyUsage": usage, algorithmsMember: algorithms,
	})
}

var (
	rsaSigning    = []string{"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"}
	rsaEncryption = []string{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}
)

func keys() []Scenario {
	list := []Scenario{
		{
			Name: "a symmetric encryption key has exactly these members",
			Fact: recorded("CreateKey and DescribeKey, 2025"),
			Calls: []Call{
				answers("CreateKey", nil, m{"KeyMetadata": with(metadata("key", nil), m{"KeyId": uuid, "Arn": form("arn:.*:key/.*")})}).as("key"),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", nil)}),
				answers("DescribeKey", m{"KeyId": "{key.arn}"}, m{"KeyMetadata": metadata("key", nil)}),
			},
		},
		{
			Name: "a description is kept",
			Fact: recorded("CreateKey and DescribeKey, 2025"),
			Calls: []Call{
				newKey("key", m{"Description": "test key 123"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{"Description": "test key 123"})}),
			},
		},
		{
			Name: "a key for imported key material waits for it",
			Fact: recorded("DescribeKey before ImportKeyMaterial, 2025"),
			Calls: []Call{
				newKey("key", m{"Origin": "EXTERNAL"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": without(metadata("key", m{
					"Origin": "EXTERNAL", "KeyState": "PendingImport", "Enabled": false,
				}), "CurrentKeyMaterialId")}),
			},
		},
		{
			Name: "a multi-Region primary key tells its place among related keys",
			Fact: api("CreateKey"),
			Calls: []Call{
				newKey("key", m{"MultiRegion": true}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
					"KeyId": mrkID, "MultiRegion": true, "MultiRegionConfiguration": m{
						"MultiRegionKeyType": "PRIMARY", "PrimaryKey": m{"Arn": "{key.arn}", "Region": "{region}"}, "ReplicaKeys": []m{},
					},
				})}),
			},
		},
		{
			Name: "a key that is not symmetric needs a KeyUsage",
			Fact: recorded("CreateKey"),
			Calls: []Call{
				fails("CreateKey", m{"KeySpec": "HMAC_256"}, "ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."),
				fails("CreateKey", m{"KeySpec": "RSA_2048"}, "ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."),
			},
		},
		{
			Name: "the deprecated CustomerMasterKeySpec stands for KeySpec",
			Fact: api("CreateKey"),
			Calls: []Call{
				newKey("key", m{"CustomerMasterKeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": pair("key", "ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_256")}),
			},
		},
		{
			Name: "KeySpec and CustomerMasterKeySpec exclude each other",
			Fact: guessed("that it is refused is documented"),
			Calls: []Call{
				fails("CreateKey", m{"KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"}, "ValidationException",
					"You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."),
			},
		},
		{
			Name: "a key is disabled and enabled again",
			Fact: api("DisableKey"),
			Calls: []Call{
				newKey("key", nil),
				answers("DisableKey", m{"KeyId": "{key}"}, m{}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{"KeyState": "Disabled", "Enabled": false})}),
				answers("EnableKey", m{"KeyId": "{key.arn}"}, m{}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", nil)}),
			},
		},
		{
			Name: "a description is changed",
			Fact: api("UpdateKeyDescription"),
			Calls: []Call{
				newKey("key", m{"Description": "before"}),
				answers("UpdateKeyDescription", m{"KeyId": "{key}", "Description": "after"}, m{}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{"Description": "after"})}),
				answers("UpdateKeyDescription", m{"KeyId": "{key}", "Description": ""}, m{}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", nil)}),
			},
		},
		{
			Name: "deletion is scheduled after whole days",
			Fact: recorded("ScheduleKeyDeletion, 2022"),
			Calls: []Call{
				newKey("key", nil),
				answers("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 7}, m{
					"KeyId": "{key.arn}", "DeletionDate": fromNow(7 * day), "KeyState": "PendingDeletion", "PendingWindowInDays": 7,
				}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
					"KeyState": "PendingDeletion", "Enabled": false, "DeletionDate": fromNow(7 * day),
				})}),
			},
		},
		{
			Name: "deletion takes 30 days by default",
			Fact: api("ScheduleKeyDeletion"),
			Calls: []Call{
				newKey("key", nil),
				answers("ScheduleKeyDeletion", m{"KeyId": "{key}"}, m{
					"KeyId": "{key.arn}", "DeletionDate": fromNow(30 * day), "KeyState": "PendingDeletion", "PendingWindowInDays": 30,
				}),
			},
		},
		{
			Name: "the waiting period is 7 to 30 days",
			Fact: guessed("the bounds are documented, the words those of other bounds"),
			Calls: []Call{
				newKey("key", nil),
				fails("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 6}, "ValidationException",
					"1 validation error detected: Value '6' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 7"),
				fails("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 31}, "ValidationException",
					"1 validation error detected: Value '31' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 30"),
			},
		},
		{
			Name: "a key whose deletion is cancelled is disabled",
			Fact: api("CancelKeyDeletion"),
			Calls: []Call{
				newKey("key", nil),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}"}),
				answers("CancelKeyDeletion", m{"KeyId": "{key}"}, m{"KeyId": "{key.arn}"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{"KeyState": "Disabled", "Enabled": false})}),
			},
		},
		{
			Name: "after the waiting period the key is gone, and its aliases with it",
			Fact: documented(guide + "deleting-keys.html"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 7}),
				passes(7*day - 2*hour),
				answers("DescribeKey", m{"KeyId": "{alias}"}, m{"KeyMetadata": some{}}),
				passes(day),
				fails("DescribeKey", m{"KeyId": "{key}"}, "NotFoundException", "Key '{key.arn}' does not exist"),
				fails("DescribeKey", m{"KeyId": "{alias}"}, "NotFoundException", "Alias {alias.arn} is not found."),
			},
		},
		{
			Name: "what a deleted key encrypted is lost",
			Fact: reported("Decrypt without a KeyId, of a ciphertext whose key is gone"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 7}),
				passes(8 * day),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "AccessDeniedException",
					"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."),
			},
		},
	}
	for _, c := range []struct {
		fact                            Fact
		spec, usage, algorithmsOf, list string
	}{
		{recorded("CreateKey and DescribeKey, 2025"), "HMAC_256", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_256"},
		{api("CreateKey"), "HMAC_224", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_224"},
		{api("CreateKey"), "HMAC_384", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_384"},
		{api("CreateKey"), "HMAC_512", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_512"},
		{api("CreateKey"), "RSA_2048", "SIGN_VERIFY", "SigningAlgorithms", strings.Join(rsaSigning, " ")},
		{api("CreateKey"), "RSA_3072", "SIGN_VERIFY", "SigningAlgorithms", strings.Join(rsaSigning, " ")},
		{api("CreateKey"), "RSA_4096", "SIGN_VERIFY", "SigningAlgorithms", strings.Join(rsaSigning, " ")},
		{api("CreateKey"), "RSA_2048", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", strings.Join(rsaEncryption, " ")},
		{api("CreateKey"), "RSA_4096", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", strings.Join(rsaEncryption, " ")},
		{api("CreateKey"), "ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_256"},
		{api("CreateKey"), "ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_384"},
		{api("CreateKey"), "ECC_NIST_P521", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_512"},
		{api("CreateKey"), "ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", "ECDSA_SHA_256"},
		{api("CreateKey"), "ECC_NIST_P256", "KEY_AGREEMENT", "KeyAgreementAlgorithms", "ECDH"},
		{api("CreateKey"), "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", "ED25519_SHA_512 ED25519_PH_SHA_512"},
		{api("CreateKey"), "ML_DSA_44", "SIGN_VERIFY", "SigningAlgorithms", "ML_DSA_SHAKE_256"},
		{api("CreateKey"), "ML_DSA_87", "SIGN_VERIFY", "SigningAlgorithms", "ML_DSA_SHAKE_256"},
	} {
		list = append(list, Scenario{
			Name: "a key of spec " + c.spec + " for " + c.usage,
			Fact: c.fact,
			Calls: []Call{
				newKey("key", m{"KeySpec": c.spec, "KeyUsage": c.usage}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": pair("key", c.spec, c.usage, c.algorithmsOf, strings.Fields(c.list)...)}),
			},
		})
	}
	for _, c := range []struct {
		fact        Fact
		spec, usage string
	}{
		{recorded("CreateKey"), "RSA_2048", "KEY_AGREEMENT"},
		{guessed("the words were recorded of another pairing"), "SYMMETRIC_DEFAULT", "SIGN_VERIFY"},
		{guessed("the words were recorded of another pairing"), "HMAC_256", "ENCRYPT_DECRYPT"},
		{guessed("the words were recorded of another pairing"), "ECC_NIST_P256", "ENCRYPT_DECRYPT"},
		{guessed("the words were recorded of another pairing"), "ECC_SECG_P256K1", "KEY_AGREEMENT"},
		{guessed("the words were recorded of another pairing"), "ML_DSA_65", "ENCRYPT_DECRYPT"},
	} {
		list = append(list, Scenario{
			Name: "no key of spec " + c.spec + " for " + c.usage,
			Fact: c.fact,
			Calls: []Call{
				fails("CreateKey", m{"KeySpec": c.spec, "KeyUsage": c.usage}, "ValidationException", "KeyUsage "+c.usage+" is not compatible with KeySpec "+c.spec),
			},
		})
	}
	return list
}
