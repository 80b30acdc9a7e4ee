package conformance

import "fmt"

// aliasEntry is the scenario's alias as a list shows it.
func aliasEntry(key string) m {
	return m{"AliasName": "{alias}", "AliasArn": "{alias.arn}", "TargetKeyId": "{" + key + "}", "CreationDate": fromNow(0), "LastUpdatedDate": fromNow(0)}
}

func aliases() []Scenario {
	create := func(name string) m { return m{"AliasName": name, "TargetKeyId": "{key}"} }
	return []Scenario{
		{
			Name: "an alias names its key until it is deleted",
			Fact: recorded("CreateAlias, DescribeKey by alias ARN, ListAliases of one key"),
			Calls: []Call{
				newKey("key", nil),
				answers("ListAliases", m{"KeyId": "{key}"}, m{"Aliases": []m{}, "Truncated": false}),
				answers("CreateAlias", create("{alias}"), m{}),
				answers("DescribeKey", m{"KeyId": "{alias.arn}"}, m{"KeyMetadata": metadata("key", nil)}),
				answers("ListAliases", m{"KeyId": "{key}"}, m{"Aliases": []m{aliasEntry("key")}, "Truncated": false}),
				answers("DeleteAlias", m{"AliasName": "{alias}"}, m{}),
				fails("DescribeKey", m{"KeyId": "{alias}"}, "NotFoundException", "Alias {alias.arn} is not found."),
				answers("ListAliases", m{"KeyId": "{key}"}, m{"Aliases": []m{}, "Truncated": false}),
			},
		},
		{
			Name: "an alias is pointed to another key",
			Fact: api("UpdateAlias"),
			Calls: []Call{
				newKey("key", nil),
				newKey("next", nil),
				newAlias("key"),
				answers("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{next.arn}"}, m{}),
				answers("ListAliases", m{"KeyId": "{next}"}, m{"Aliases": []m{aliasEntry("next")}, "Truncated": false}),
				answers("ListAliases", m{"KeyId": "{key}"}, m{"Aliases": []m{}, "Truncated": false}),
			},
		},
		{
			Name: "a caller that decrypts under an alias which has moved",
			Fact: recorded("Decrypt and ReEncrypt naming a key that did not encrypt"),
			Calls: []Call{
				newKey("key", nil),
				newKey("next", nil),
				newAlias("key"),
				given("Encrypt", m{"KeyId": "{alias}", "Plaintext": "secret"}).as("sealed"),
				given("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{next}"}),
				fails("Decrypt", m{"KeyId": "{alias}", "CiphertextBlob": "{sealed.CiphertextBlob}"}, "IncorrectKeyException",
					"The key ID in the request does not identify a CMK that can perform this operation."),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, opened("key", "secret")),
			},
		},
		{
			Name: "an alias's name is taken",
			Fact: reported("CreateAlias, often"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				fails("CreateAlias", create("{alias}"), "AlreadyExistsException", "An alias with the name {alias.arn} already exists"),
			},
		},
		{
			Name: "an alias begins with its prefix",
			Fact: recorded("CreateAlias"),
			Calls: []Call{
				newKey("key", nil),
				fails("CreateAlias", create("conformance-{run}"), "ValidationException",
					`Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`),
			},
		},
		{
			Name: "an alias's characters",
			Fact: reported("CreateAlias"),
			Calls: []Call{
				newKey("key", nil),
				fails("CreateAlias", create("alias/a b"), "ValidationException",
					"1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"),
			},
		},
		{
			Name: "an alias has no colon",
			Fact: guessed("an emulator answers so; the pattern of the member allows a colon"),
			Calls: []Call{
				newKey("key", nil),
				fails("CreateAlias", create("alias/a:b"), "InvalidAliasNameException", "alias/a:b contains invalid characters for an alias"),
			},
		},
		{
			Name: "an alias is more than its prefix",
			Fact: guessed("that a name is needed is documented"),
			Calls: []Call{
				newKey("key", nil),
				failsLike("CreateAlias", create("alias/"), "InvalidAliasNameException", "Alias name must not be empty"),
			},
		},
		{
			Name: "the prefix alias/aws/ is AWS's own",
			Fact: guessed("that it is refused is documented; an emulator answers so"),
			Calls: []Call{
				newKey("key", nil),
				fails("CreateAlias", create("alias/aws/conformance-{run}"), "NotAuthorizedException", ""),
				fails("DeleteAlias", m{"AliasName": "alias/aws/s3"}, "NotAuthorizedException", ""),
				fails("UpdateAlias", create("alias/aws/s3"), "NotAuthorizedException", ""),
			},
		},
		{
			Name: "alias/alias/aws/ is not",
			Fact: recorded("ListAliases of an account that has alias/alias/aws/lambda"),
			Calls: []Call{
				newKey("key", nil),
				answers("CreateAlias", create("alias/alias/aws/conformance-{run}"), m{}),
				answers("DescribeKey", m{"KeyId": "alias/alias/aws/conformance-{run}"}, m{"KeyMetadata": metadata("key", nil)}),
			},
		},
		{
			Name: "an alias of an alias",
			Fact: guessed("an emulator answers in these words of 2014"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				fails("CreateAlias", m{"AliasName": "{alias}-2", "TargetKeyId": "{alias}"}, "ValidationException", "Aliases must refer to keys. Not aliases"),
			},
		},
		{
			Name: "an alias of no key",
			Fact: api("CreateAlias"),
			Calls: []Call{
				fails("CreateAlias", m{"AliasName": "{alias}", "TargetKeyId": missingKey}, "NotFoundException",
					"Key 'arn:{partition}:kms:{region}:{account}:key/"+missingKey+"' does not exist"),
			},
		},
		{
			Name: "no alias to update",
			Fact: reported("UpdateAlias"),
			Calls: []Call{
				newKey("key", nil),
				fails("UpdateAlias", create("{alias}"), "NotFoundException", "Alias {alias.arn} is not found."),
			},
		},
		{
			Name:  "no alias to delete",
			Fact:  reported("DeleteAlias"),
			Calls: []Call{fails("DeleteAlias", m{"AliasName": "{alias}"}, "NotFoundException", "Alias {alias.arn} is not found.")},
		},
		{
			Name: "an alias moves only among keys of one type",
			Fact: api("UpdateAlias"),
			Calls: []Call{
				newKey("key", nil),
				newKey("mac", m{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
				newAlias("key"),
				failsLike("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{mac}"}, "ValidationException",
					"Alias cannot be updated from symmetric ENCRYPT_DECRYPT to HMAC GENERATE_VERIFY_MAC: the current and new KMS key must be the same type and have the same key usage."),
			},
		},
		{
			Name: "an alias moves only among keys of one usage",
			Fact: api("UpdateAlias"),
			Calls: []Call{
				newKey("signs", m{"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
				newKey("encrypts", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				newAlias("signs"),
				failsLike("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{encrypts}"}, "ValidationException",
					"Alias cannot be updated from asymmetric SIGN_VERIFY to asymmetric ENCRYPT_DECRYPT: the current and new KMS key must be the same type and have the same key usage."),
			},
		},
		{
			Name: "an alias moves among specs of one type",
			Fact: api("UpdateAlias"),
			Calls: []Call{
				newKey("rsa", m{"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
				newKey("ecc", m{"KeySpec": "ECC_NIST_P384", "KeyUsage": "SIGN_VERIFY"}),
				newAlias("rsa"),
				answers("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{ecc}"}, m{}),
			},
		},
		{
			Name: "no alias moves to a key on its way out, from one it may",
			Fact: documented(guide + "key-state.html"),
			Calls: []Call{
				newKey("key", nil),
				newKey("leaving", nil),
				newAlias("key"),
				given("ScheduleKeyDeletion", m{"KeyId": "{leaving}"}),
				fails("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{leaving}"}, "KMSInvalidStateException", "{leaving.arn} is pending deletion."),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}"}),
				newKey("next", nil),
				answers("UpdateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{next}"}, m{}),
			},
		},
		{
			Name: "an alias of a key on its way out is deleted all the same",
			Fact: documented(guide + "key-state.html"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}"}),
				answers("DeleteAlias", m{"AliasName": "{alias}"}, m{}),
			},
		},
		{
			Name: "the same alias in two Regions",
			Fact: documented(guide + "alias-about.html"),
			Calls: []Call{
				newKey("key", nil),
				newKey("there", nil).elsewhere(),
				answers("CreateAlias", create("{alias}"), m{}),
				answers("CreateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{there}"}, m{}).elsewhere(),
				answers("DescribeKey", m{"KeyId": "{alias}"}, m{"KeyMetadata": metadata("key", nil)}),
			},
		},
		{
			Name:  "51 aliases of one key",
			Fact:  reported("CreateAlias"),
			Calls: fiftyOneAliases(),
		},
	}
}

func fiftyOneAliases() []Call {
	calls := []Call{newKey("key", nil)}
	for i := range 50 {
		calls = append(calls, given("CreateAlias", m{"AliasName": fmt.Sprintf("{alias}-%d", i), "TargetKeyId": "{key}"}))
	}
	return append(calls, fails("CreateAlias", m{"AliasName": "{alias}", "TargetKeyId": "{key}"}, "LimitExceededException",
		"Aliases per key quota for this account in this region is 50, current usage is 50."))
}
