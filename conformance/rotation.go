package conformance

func rotation() []Scenario {
	id := m{"KeyId": "{key}"}
	never := m{"KeyId": "{key.arn}", "KeyRotationEnabled": false}
	rotated := func(state, kind string) m {
		return m{"KeyId": "{key.arn}", "KeyMaterialId": materialID, "KeyMaterialState": state, "RotationDate": fromNow(0), "RotationType": kind}
	}
	return []Scenario{
		{
			Name: "a key does not rotate until it is told",
			Fact: recorded("GetKeyRotationStatus and ListKeyRotations, 2025"),
			Calls: []Call{
				newKey("key", nil),
				answers("GetKeyRotationStatus", id, never),
				answers("ListKeyRotations", id, m{"Rotations": []m{}, "Truncated": false}),
			},
		},
		{
			Name: "rotation every year",
			Fact: recorded("GetKeyRotationStatus, 2025"),
			Calls: []Call{
				newKey("key", nil),
				answers("EnableKeyRotation", id, m{}),
				answers("GetKeyRotationStatus", id, m{"KeyId": "{key.arn}", "KeyRotationEnabled": true, "RotationPeriodInDays": 365, "NextRotationDate": fromNow(365 * day)}),
				answers("DisableKeyRotation", id, m{}),
				answers("GetKeyRotationStatus", id, never),
			},
		},
		{
			Name: "a rotation period",
			Fact: api("EnableKeyRotation"),
			Calls: []Call{
				newKey("key", nil),
				answers("EnableKeyRotation", with(id, m{"RotationPeriodInDays": 90}), m{}),
				answers("GetKeyRotationStatus", id, m{"KeyId": "{key.arn}", "KeyRotationEnabled": true, "RotationPeriodInDays": 90, "NextRotationDate": fromNow(90 * day)}),
				answers("EnableKeyRotation", with(id, m{"RotationPeriodInDays": 2560}), m{}),
			},
		},
		{
			Name: "a rotation period is 90 to 2560 days",
			Fact: guessed("the bounds are documented, the words those of other bounds"),
			Calls: []Call{
				newKey("key", nil),
				fails("EnableKeyRotation", with(id, m{"RotationPeriodInDays": 89}), "ValidationException",
					"1 validation error detected: Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90"),
				fails("EnableKeyRotation", with(id, m{"RotationPeriodInDays": 2561}), "ValidationException",
					"1 validation error detected: Value '2561' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value less than or equal to 2560"),
			},
		},
		{
			Name: "after a year the key material is another, and old ciphertexts open",
			Fact: documented(guide + "rotate-keys.html"),
			Calls: []Call{
				newKey("key", nil),
				given("EnableKeyRotation", id),
				given("Encrypt", with(id, m{"Plaintext": "secret"})).as("sealed"),
				passes(366 * day),
				answers("DescribeKey", id, m{"KeyMetadata": with(metadata("key", nil), m{
					"CreationDate": fromNow(-366 * day), "CurrentKeyMaterialId": unlike("{key.KeyMetadata.CurrentKeyMaterialId}"),
				})}),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", "secret")),
				answers("ListKeyRotations", id, m{"Rotations": []m{with(rotated("CURRENT", "AUTOMATIC"), m{"RotationDate": fromNow(-day)})}, "Truncated": false}),
			},
		},
		{
			Name: "rotation on demand",
			Fact: recorded("RotateKeyOnDemand, GetKeyRotationStatus, Decrypt, 2025"),
			Calls: []Call{
				newKey("key", nil),
				given("EnableKeyRotation", id),
				given("Encrypt", with(id, m{"Plaintext": "secret"})).as("sealed"),
				answers("RotateKeyOnDemand", id, m{"KeyId": "{key.arn}"}),
				passes(settling),
				answers("GetKeyRotationStatus", id, m{"KeyId": "{key.arn}", "KeyRotationEnabled": true, "RotationPeriodInDays": 365, "NextRotationDate": fromNow(365 * day)}),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", "secret")),
				answers("ListKeyRotations", id, m{"Rotations": []m{rotated("CURRENT", "ON_DEMAND")}, "Truncated": false}),
			},
		},
		{
			Name: "all key material of a key",
			Fact: api("ListKeyRotations"),
			Calls: []Call{
				newKey("key", nil),
				given("RotateKeyOnDemand", id),
				passes(settling),
				answers("ListKeyRotations", with(id, m{"IncludeKeyMaterial": "ALL_KEY_MATERIAL"}), m{"Truncated": false, "Rotations": []m{
					{"KeyId": "{key.arn}", "KeyMaterialId": "{key.KeyMetadata.CurrentKeyMaterialId}", "KeyMaterialState": "NON_CURRENT"},
					rotated("CURRENT", "ON_DEMAND"),
				}}),
			},
		},
		{
			Name:  "rotation on demand has a limit",
			Fact:  recorded("RotateKeyOnDemand; how many it takes is documented"),
			Calls: twentySixRotations(),
		},
		{
			Name: "an asymmetric key does not rotate",
			Fact: recorded("rotation of an asymmetric key"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}),
				fails("EnableKeyRotation", id, "UnsupportedOperationException", ""),
				fails("RotateKeyOnDemand", id, "UnsupportedOperationException", ""),
			},
		},
		{
			Name: "a key for MACs does not rotate",
			Fact: recorded("rotation of an HMAC key"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
				fails("EnableKeyRotation", id, "UnsupportedOperationException", ""),
				fails("RotateKeyOnDemand", id, "UnsupportedOperationException", ""),
			},
		},
		{
			Name: "imported key material does not rotate by itself",
			Fact: recorded("GetKeyRotationStatus, 2025"),
			Calls: []Call{
				newKey("key", m{"Origin": "EXTERNAL"}),
				fails("GetKeyRotationStatus", id, "UnsupportedOperationException", "{key.arn} origin is EXTERNAL which is not valid for this operation."),
				fails("EnableKeyRotation", id, "UnsupportedOperationException", "{key.arn} origin is EXTERNAL which is not valid for this operation."),
			},
		},
		{
			Name:  "imported key material rotates on demand when other material waits",
			Fact:  recorded("RotateKeyOnDemand and ImportKeyMaterial, 2025"),
			Calls: importedRotation(),
		},
	}
}

// settling is how long a rotation or a replica key may be under way.
const settling = 10 * second

func twentySixRotations() []Call {
	calls := []Call{newKey("key", nil)}
	for range 25 {
		calls = append(calls, given("RotateKeyOnDemand", m{"KeyId": "{key}"}), passes(settling))
	}
	return append(calls, fails("RotateKeyOnDemand", m{"KeyId": "{key}"}, "LimitExceededException",
		"The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {key.arn}"))
}

func importedRotation() []Call {
	material := func(text string) m {
		return m{
			"KeyId": "{key}", "ImportToken": "{params.ImportToken}", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
			"ImportType": "NEW_KEY_MATERIAL", "EncryptedKeyMaterial": wrapped{text[:32], "{params.PublicKey}"},
		}
	}
	return []Call{
		newKey("key", m{"Origin": "EXTERNAL"}),
		given("GetParametersForImport", m{"KeyId": "{key}", "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}).as("params"),
		given("ImportKeyMaterial", material(firstMaterial)).as("first"),
		fails("RotateKeyOnDemand", m{"KeyId": "{key}"}, "KMSInvalidStateException", "No available key material pending rotation for the key: {key.arn}."),
		answers("ImportKeyMaterial", material(secondMaterial), m{"KeyId": "{key.arn}", "KeyMaterialId": unlike("{first.KeyMaterialId}")}).as("second"),
		answers("RotateKeyOnDemand", m{"KeyId": "{key}"}, m{"KeyId": "{key.arn}"}),
		passes(settling),
		answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
			"Origin": "EXTERNAL", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "CurrentKeyMaterialId": "{second.KeyMaterialId}",
		})}),
	}
}
