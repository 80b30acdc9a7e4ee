package conformance

// stateRow is what the table of key states says of an operation on a key that is
// disabled or waits for deletion: + succeeds, - fails in the words of the state, !
// fails because the key is not pending deletion.
type stateRow struct {
	operation         string
	disabled, pending byte
	input             m
	keySpec, usage    string // unless it is a symmetric encryption key
}

// stateTable is the table "Key states of AWS KMS keys", as far as the operations
// of one key go.
var stateTable = []stateRow{
	{"CancelKeyDeletion", '!', '+', nil, "", ""},
	{"CreateAlias", '+', '-', m{"AliasName": "{alias}", "TargetKeyId": "{key}"}, "", ""},
	{"CreateGrant", '-', '-', m{"GranteePrincipal": "{root}", "Operations": []string{"Decrypt"}}, "", ""},
	{"DescribeKey", '+', '+', nil, "", ""},
	{"DisableKey", '+', '-', nil, "", ""},
	{"DisableKeyRotation", '-', '-', nil, "", ""},
	{"EnableKey", '+', '-', nil, "", ""},
	{"EnableKeyRotation", '-', '-', nil, "", ""},
	{"Encrypt", '-', '-', m{"Plaintext": "secret"}, "", ""},
	{"GenerateDataKey", '-', '-', m{"KeySpec": "AES_256"}, "", ""},
	{"GenerateDataKeyPair", '-', '-', m{"KeyPairSpec": "ECC_NIST_P256"}, "", ""},
	{"GenerateDataKeyPairWithoutPlaintext", '-', '-', m{"KeyPairSpec": "ECC_NIST_P256"}, "", ""},
	{"GenerateDataKeyWithoutPlaintext", '-', '-', m{"KeySpec": "AES_256"}, "", ""},
	{"GenerateMac", '-', '-', m{"Message": "message", "MacAlgorithm": "HMAC_SHA_256"}, "HMAC_256", "GENERATE_VERIFY_MAC"},
	{"GetKeyPolicy", '+', '+', nil, "", ""},
	{"GetKeyRotationStatus", '+', '+', nil, "", ""},
	{"GetPublicKey", '-', '-', nil, "ECC_NIST_P256", "SIGN_VERIFY"},
	{"ListAliases", '+', '+', nil, "", ""},
	{"ListGrants", '+', '+', nil, "", ""},
	{"ListKeyPolicies", '+', '+', nil, "", ""},
	{"ListResourceTags", '+', '+', nil, "", ""},
	{"PutKeyPolicy", '+', '+', m{"Policy": accountPolicy}, "", ""},
	{"ScheduleKeyDeletion", '+', '-', nil, "", ""},
	{"Sign", '-', '-', m{"Message": "message", "SigningAlgorithm": "ECDSA_SHA_256"}, "ECC_NIST_P256", "SIGN_VERIFY"},
	{"TagResource", '+', '-', m{"Tags": []m{{"TagKey": "a", "TagValue": "b"}}}, "", ""},
	{"UntagResource", '+', '-', m{"TagKeys": []string{"a"}}, "", ""},
	{"UpdateKeyDescription", '+', '-', m{"Description": "new"}, "", ""},
	{"Verify", '-', '-', m{"Message": "message", "Signature": "no signature", "SigningAlgorithm": "ECDSA_SHA_256"}, "ECC_NIST_P256", "SIGN_VERIFY"},
	{"VerifyMac", '-', '-', m{"Message": "message", "Mac": "no MAC", "MacAlgorithm": "HMAC_SHA_256"}, "HMAC_256", "GENERATE_VERIFY_MAC"},
	// Newer than the table, and cryptographic operations as the others.
	{"DeriveSharedSecret", '-', '-', m{"KeyAgreementAlgorithm": "ECDH", "PublicKey": "no public key"}, "ECC_NIST_P256", "KEY_AGREEMENT"},
	{"Encapsulate", '-', '-', m{"EncapsulationAlgorithm": "ML_KEM"}, "ML_KEM_768", "ENCAPSULATE_DECAPSULATE"},
	{"RotateKeyOnDemand", '-', '-', nil, "", ""},
}

var stateFact = documented(guide + "key-state.html")

func states() []Scenario {
	var list []Scenario
	for _, row := range stateTable {
		key := m{}
		if row.keySpec != "" {
			key = m{"KeySpec": row.keySpec, "KeyUsage": row.usage}
		}
		input := with(m{"KeyId": "{key}"}, row.input)
		if row.operation == "CreateAlias" {
			delete(input, "KeyId")
		}
		list = append(list,
			Scenario{
				Name:  row.operation + " of a disabled key",
				Fact:  stateFact,
				Calls: []Call{newKey("key", key), given("DisableKey", m{"KeyId": "{key}"}), row.outcome(row.disabled, input, "DisabledException", "{key.arn} is disabled.")},
			},
			Scenario{
				Name:  row.operation + " of a key pending deletion",
				Fact:  stateFact,
				Calls: []Call{newKey("key", key), given("ScheduleKeyDeletion", m{"KeyId": "{key}"}), row.outcome(row.pending, input, "KMSInvalidStateException", "{key.arn} is pending deletion.")},
			},
		)
	}
	list = append(list, statesOfCiphertexts()...)
	return append(list, statesOfImportedKeys()...)
}

func (r stateRow) outcome(what byte, input m, code, message string) Call {
	switch what {
	case '+':
		return answers(r.operation, input, whatever{})
	case '!':
		return fails(r.operation, input, "KMSInvalidStateException", "{key.arn} is not pending deletion.")
	}
	return fails(r.operation, input, code, message)
}

// statesOfCiphertexts are the operations that find the key in a ciphertext.
func statesOfCiphertexts() []Scenario {
	var list []Scenario
	for _, state := range []struct{ name, operation, code, message string }{
		{"a disabled key", "DisableKey", "DisabledException", "{key.arn} is disabled."},
		{"a key pending deletion", "ScheduleKeyDeletion", "KMSInvalidStateException", "{key.arn} is pending deletion."},
	} {
		before := []Call{
			newKey("key", nil),
			newKey("another", nil),
			given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
			given("Encrypt", m{"KeyId": "{another}", "Plaintext": "secret"}).as("resealed"),
			given(state.operation, m{"KeyId": "{key}"}),
		}
		list = append(list,
			Scenario{
				Name: "Decrypt of " + state.name, Fact: stateFact,
				Calls: append(before[:5:5],
					fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, state.code, state.message),
					fails("Decrypt", m{"KeyId": "{key}", "CiphertextBlob": "{sealed.CiphertextBlob}"}, state.code, state.message)),
			},
			Scenario{
				Name: "ReEncrypt from " + state.name, Fact: stateFact,
				Calls: append(before[:5:5], fails("ReEncrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}", "DestinationKeyId": "{another}"}, state.code, state.message)),
			},
			Scenario{
				Name: "ReEncrypt to " + state.name, Fact: stateFact,
				Calls: append(before[:5:5], fails("ReEncrypt", m{"CiphertextBlob": "{resealed.CiphertextBlob}", "DestinationKeyId": "{key}"}, state.code, state.message)),
			},
		)
	}
	return list
}

// statesOfImportedKeys are the column of keys that wait for key material.
func statesOfImportedKeys() []Scenario {
	var list []Scenario
	for _, c := range []struct {
		operation string
		more      m
		ok        bool
	}{
		{"CreateGrant", m{"GranteePrincipal": "{root}", "Operations": []string{"Decrypt"}}, false},
		{"DisableKey", nil, false},
		{"EnableKey", nil, false},
		{"Encrypt", m{"Plaintext": "secret"}, false},
		{"GenerateDataKey", m{"KeySpec": "AES_256"}, false},
		{"GenerateDataKeyWithoutPlaintext", m{"KeySpec": "AES_256"}, false},
		{"GenerateDataKeyPair", m{"KeyPairSpec": "ECC_NIST_P256"}, false},
		{"ListAliases", nil, true},
		{"ListGrants", nil, true},
		{"ScheduleKeyDeletion", nil, true},
		{"TagResource", m{"Tags": []m{{"TagKey": "a", "TagValue": "b"}}}, true},
		{"UpdateKeyDescription", m{"Description": "new"}, true},
	} {
		outcome := fails(c.operation, with(m{"KeyId": "{key}"}, c.more), "KMSInvalidStateException", "{key.arn} is pending import.")
		if c.ok {
			outcome = answers(c.operation, with(m{"KeyId": "{key}"}, c.more), whatever{})
		}
		list = append(list, Scenario{
			Name: c.operation + " of a key pending import", Fact: stateFact,
			Calls: []Call{newKey("key", m{"Origin": "EXTERNAL"}), outcome},
		})
	}
	for _, operation := range []string{"EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus"} {
		list = append(list, Scenario{
			Name: operation + " of a key pending import",
			Fact: recorded("GetKeyRotationStatus of a key with imported material, 2025; the others by the table of key states"),
			Calls: []Call{
				newKey("key", m{"Origin": "EXTERNAL"}),
				fails(operation, m{"KeyId": "{key}"}, "UnsupportedOperationException", "{key.arn} origin is EXTERNAL which is not valid for this operation."),
			},
		})
	}
	return list
}
