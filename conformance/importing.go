package conformance

// The key materials that the scenarios import.
const (
	firstMaterial  = "the first of the key materials .."
	secondMaterial = "the second of the key materials ."
)

func importing() []Scenario {
	parameters := func(key string) Call {
		return given("GetParametersForImport", m{"KeyId": "{" + key + "}", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}).as("params")
	}
	forever := func(material string) m {
		return m{
			"KeyId": "{key}", "ImportToken": "{params.ImportToken}", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
			"EncryptedKeyMaterial": wrapped{material[:32], "{params.PublicKey}"},
		}
	}
	external := newKey("key", m{"Origin": "EXTERNAL"})
	imported := metadata("key", m{"Origin": "EXTERNAL", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"})
	return []Scenario{
		{
			Name: "parameters for import",
			Fact: api("GetParametersForImport"),
			Calls: []Call{
				external,
				answers("GetParametersForImport", m{"KeyId": "{key}", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
					m{"KeyId": "{key.arn}", "ImportToken": some{}, "PublicKey": length(294), "ParametersValidTo": fromNow(day)}),
				answers("GetParametersForImport", m{"KeyId": "{key}", "WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_4096"},
					m{"KeyId": "{key.arn}", "ImportToken": some{}, "PublicKey": length(550), "ParametersValidTo": fromNow(day)}),
			},
		},
		{
			Name: "key material is imported and used",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				answers("ImportKeyMaterial", forever(firstMaterial), m{"KeyId": "{key.arn}", "KeyMaterialId": materialID}).as("imported"),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": with(imported, m{"CurrentKeyMaterialId": "{imported.KeyMaterialId}"})}),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, sealed("key")).as("sealed"),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, with(opened("key", "secret"), m{"KeyMaterialId": "{imported.KeyMaterialId}"})),
			},
		},
		{
			Name: "key material that is deleted can be imported again",
			Fact: documented(guide + "importing-keys-delete-key-material.html"),
			Calls: []Call{
				external, parameters("key"),
				given("ImportKeyMaterial", forever(firstMaterial)).as("imported"),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				answers("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}, m{"KeyId": "{key.arn}", "KeyMaterialId": "{imported.KeyMaterialId}"}),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "KMSInvalidStateException", "{key.arn} is pending import."),
				given("ImportKeyMaterial", forever(firstMaterial)),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, with(opened("key", "secret"), m{"KeyMaterialId": "{imported.KeyMaterialId}"})),
			},
		},
		{
			Name: "a key whose key material is deleted still tells which it was",
			Fact: guessed("a key without key material tells none before its first import"),
			Calls: []Call{
				external, parameters("key"),
				given("ImportKeyMaterial", forever(firstMaterial)).as("imported"),
				given("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
					"Origin": "EXTERNAL", "KeyState": "PendingImport", "Enabled": false, "CurrentKeyMaterialId": "{imported.KeyMaterialId}",
				})}),
			},
		},
		{
			Name: "other key material is not imported again",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				given("ImportKeyMaterial", forever(firstMaterial)),
				given("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}),
				failsLike("ImportKeyMaterial", forever(secondMaterial), "IncorrectKeyMaterialException", "The key material is not the same as the key material that was previously imported."),
			},
		},
		{
			Name: "key material that was not imported is not there to delete",
			Fact: documented(guide + "key-state.html"),
			Calls: []Call{
				external,
				answers("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}, whatever{}),
			},
		},
		{
			Name: "imported key material of an HMAC key",
			Fact: recorded("DescribeKey before, after import and after deletion, GenerateMac, VerifyMac"),
			Calls: []Call{
				newKey("key", m{"Origin": "EXTERNAL", "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC", "Description": "test import hmac key"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": with(importedMAC, m{"KeyState": "PendingImport", "Enabled": false})}),
				parameters("key"),
				answers("ImportKeyMaterial", forever(firstMaterial), m{"KeyId": "{key.arn}"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": with(importedMAC, m{"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"})}),
				answers("GenerateMac", m{"KeyId": "{key}", "Message": "message", "MacAlgorithm": "HMAC_SHA_256"},
					m{"KeyId": "{key.arn}", "MacAlgorithm": "HMAC_SHA_256", "Mac": macOfMessage}),
				given("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": with(importedMAC, m{"KeyState": "PendingImport", "Enabled": false})}),
			},
		},
		{
			Name: "key material that expires needs a date",
			Fact: recorded("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				fails("ImportKeyMaterial", with(forever(firstMaterial), m{"ExpirationModel": "KEY_MATERIAL_EXPIRES"}), "ValidationException",
					"A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"),
				fails("ImportKeyMaterial", without(forever(firstMaterial), "ExpirationModel"), "ValidationException",
					"A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"),
			},
		},
		{
			Name: "a date for key material that does not expire",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				failsLike("ImportKeyMaterial", with(forever(firstMaterial), m{"ValidTo": fromNow(day)}), "ValidationException",
					"A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE"),
			},
		},
		{
			Name: "key material is valid for a year at most",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				failsLike("ImportKeyMaterial", with(forever(firstMaterial), m{"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": fromNow(366 * day)}), "ValidationException",
					"The validTo date must be in the future and at most 365 days from now"),
				failsLike("ImportKeyMaterial", with(forever(firstMaterial), m{"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": fromNow(-hour)}), "ValidationException",
					"The validTo date must be in the future and at most 365 days from now"),
			},
		},
		{
			Name: "key material expires",
			Fact: documented(guide + "importing-keys.html"),
			Calls: []Call{
				external, parameters("key"),
				given("ImportKeyMaterial", with(forever(firstMaterial), m{"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": fromNow(day)})).as("imported"),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": with(imported, m{"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": fromNow(day)})}),
				passes(day + hour),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, "KMSInvalidStateException", "{key.arn} is pending import."),
			},
		},
		{
			Name: "an import token expires after a day",
			Fact: api("GetParametersForImport"),
			Calls: []Call{
				external, parameters("key"),
				passes(day + hour),
				failsLike("ImportKeyMaterial", forever(firstMaterial), "ExpiredImportTokenException", "The import token is expired."),
			},
		},
		{
			Name: "an import token of another key",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				newKey("another", m{"Origin": "EXTERNAL"}), parameters("another"),
				external,
				failsLike("ImportKeyMaterial", forever(firstMaterial), "InvalidImportTokenException", "The import token is invalid or is associated with a different KMS key."),
			},
		},
		{
			Name: "key material that does not unwrap",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				fails("ImportKeyMaterial", with(forever(firstMaterial), m{"EncryptedKeyMaterial": "not wrapped"}), "InvalidCiphertextException", ""),
			},
		},
		{
			Name: "key material of the wrong length",
			Fact: api("ImportKeyMaterial"),
			Calls: []Call{
				external, parameters("key"),
				failsLike("ImportKeyMaterial", with(forever(firstMaterial), m{"EncryptedKeyMaterial": wrapped{firstMaterial[:31], "{params.PublicKey}"}}),
					"IncorrectKeyMaterialException", "The key material is not valid for key spec SYMMETRIC_DEFAULT."),
			},
		},
		{
			Name: "no import into a key of AWS's own material",
			Fact: recorded("GetParametersForImport"),
			Calls: []Call{
				newKey("key", nil),
				fails("GetParametersForImport", m{"KeyId": "{key}", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}, "UnsupportedOperationException",
					"{key.arn} origin is AWS_KMS which is not valid for this operation."),
				fails("DeleteImportedKeyMaterial", m{"KeyId": "{key}"}, "UnsupportedOperationException", "{key.arn} origin is AWS_KMS which is not valid for this operation."),
			},
		},
		{
			Name: "no parameters for import while the key waits for deletion",
			Fact: stateFact,
			Calls: []Call{
				external,
				given("ScheduleKeyDeletion", m{"KeyId": "{key}"}),
				fails("GetParametersForImport", m{"KeyId": "{key}", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}, "KMSInvalidStateException",
					"{key.arn} is pending deletion."),
			},
		},
	}
}

var importedMAC = with(pair("key", "HMAC_256", "GENERATE_VERIFY_MAC", "MacAlgorithms", "HMAC_SHA_256"), m{"Origin": "EXTERNAL", "Description": "test import hmac key"})

// macOfMessage is the HMAC of "message" under the first key material with SHA-256.
const macOfMessage = "\xd1\xc3\x85\x62\xa2\x52\x95\x11\xd6\x79\xe5\x23\x45\xb0\x92\x9a\x07\x47\x79\x87\x22\xbb\x1b\xcd\x3c\x7f\x48\xbc\x21\x70\xd6\x22"
