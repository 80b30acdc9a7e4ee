package conformance

import "strings"

// denied is the form of the text for a caller, whose name the table does not know.
func denied(action, resource, why string) form {
	quoted := strings.ReplaceAll("is not authorized to perform: "+action+" on "+resource+" "+why, ".", `\.`)
	return form(`User: arn:aws[a-z-]*:(iam|sts)::\d{12}:\S+ ` + quoted)
}

func access() []Scenario {
	const anyKey = "resource: arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+"
	// What must be left to a caller that clears up.
	const kept = `"kms:DescribeKey", "kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Encrypt"`
	policy := func(statement string) m {
		return m{"KeyId": "{key}", "Policy": `{"Version": "2012-10-17", "Statement": [` + statement + `]}`}
	}
	allow := func(actions string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "{root}"}, "Action": [` + actions + `], "Resource": "*"}`
	}
	const deny = `{"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*"}`
	return []Scenario{
		{
			Name: "a key policy that denies",
			Fact: reported("AccessDeniedException of an explicit deny"),
			Calls: []Call{
				newKey("key", nil),
				given("PutKeyPolicy", policy(allow(`"kms:*"`)+", "+deny)),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, "AccessDeniedException", "").
					inWords(denied("kms:GenerateDataKey", anyKey, "with an explicit deny in a resource-based policy")),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, sealed("key")),
			},
		},
		{
			Name: "a key policy that allows less",
			Fact: reported("AccessDeniedException where the key policy leaves nothing to IAM policies"),
			Calls: []Call{
				newKey("key", nil),
				given("PutKeyPolicy", policy(allow(kept))),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, "AccessDeniedException", "").
					inWords(denied("kms:GenerateDataKey", anyKey, "because no resource-based policy allows the kms:GenerateDataKey action")),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, sealed("key")),
			},
		},
		{
			Name: "a ciphertext whose key may not be used",
			Fact: guessed("the words are reported of identity-based policies"),
			Calls: []Call{
				newKey("key", nil),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				given("PutKeyPolicy", policy(allow(kept))),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "AccessDeniedException", "").
					inWords(denied("kms:Decrypt", "the resource associated with this ciphertext", "because no resource-based policy allows the kms:Decrypt action")),
			},
		},
		{
			Name: "access comes before the state",
			Fact: guessed("nothing tells a caller without access in which state a key is"),
			Calls: []Call{
				newKey("key", nil),
				given("DisableKey", m{"KeyId": "{key}"}),
				given("PutKeyPolicy", policy(allow(kept))),
				fails("GenerateDataKey", m{"KeyId": "{key}", "KeySpec": "AES_256"}, "AccessDeniedException", "").
					inWords(denied("kms:GenerateDataKey", anyKey, "because no resource-based policy allows the kms:GenerateDataKey action")),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, "DisabledException", "{key.arn} is disabled."),
			},
		},
		{
			Name: "a key of another account",
			Fact: documented(guide + "key-policy-modifying-external-accounts.html"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": "arn:{partition}:kms:{region}:000000000000:key/" + missingKey}, "AccessDeniedException", "").inWords(some{}),
			},
		},
	}
}
