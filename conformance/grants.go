package conformance

func grants() []Scenario {
	in := m{"KeyId": "{key}", "GranteePrincipal": "{root}", "Operations": []string{"Encrypt", "Decrypt"}, "Name": "conformance"}
	entry := m{
		"KeyId": "{key.arn}", "GrantId": "{grant.GrantId}", "Name": "conformance", "GranteePrincipal": "{root}", "IssuingAccount": "{root}",
		"Operations": []string{"Decrypt", "Encrypt"}, "CreationDate": fromNow(0),
	}
	named := func(id string) m { return m{"KeyId": "{key}", "GrantId": id} }
	key, create := newKey("key", nil), given("CreateGrant", in).as("grant")
	listed := func(entries ...m) Call {
		return answers("ListGrants", m{"KeyId": "{key}"}, m{"Grants": append([]m{}, entries...), "Truncated": false})
	}
	return []Scenario{
		{
			Name: "a grant is made, listed and revoked",
			Fact: api("CreateGrant"),
			Calls: []Call{
				key,
				answers("CreateGrant", in, m{"GrantId": grantID, "GrantToken": some{}}).as("grant"),
				listed(entry),
				answers("ListGrants", named("{grant.GrantId}"), m{"Grants": []m{entry}, "Truncated": false}),
				answers("ListGrants", m{"KeyId": "{key}", "GranteePrincipal": "{root}"}, m{"Grants": []m{entry}, "Truncated": false}),
				answers("RevokeGrant", named("{grant.GrantId}"), m{}),
				listed(),
			},
		},
		{
			Name: "a grant of a name is made once",
			Fact: api("CreateGrant"),
			Calls: []Call{
				key, create,
				answers("CreateGrant", in, m{"GrantId": "{grant.GrantId}", "GrantToken": unlike("{grant.GrantToken}")}),
				listed(entry),
				answers("CreateGrant", with(in, m{"Name": "another"}), m{"GrantId": unlike("{grant.GrantId}"), "GrantToken": some{}}),
			},
		},
		{
			Name: "grants without a name are made anew",
			Fact: api("CreateGrant"),
			Calls: []Call{
				key,
				given("CreateGrant", without(in, "Name")).as("grant"),
				answers("CreateGrant", without(in, "Name"), m{"GrantId": unlike("{grant.GrantId}"), "GrantToken": some{}}),
			},
		},
		{
			Name: "a grant's constraints are listed",
			Fact: api("CreateGrant"),
			Calls: []Call{
				key,
				given("CreateGrant", with(in, m{"Constraints": m{"EncryptionContextSubset": m{"tenant": "1"}}})).as("grant"),
				listed(with(entry, m{"Constraints": m{"EncryptionContextSubset": m{"tenant": "1"}}})),
			},
		},
		{
			Name: "grants come a page at a time",
			Fact: api("ListGrants"),
			Calls: []Call{
				key, create,
				given("CreateGrant", with(in, m{"Name": "another"})),
				answers("ListGrants", m{"KeyId": "{key}", "Limit": 1}, m{"Grants": []any{some{}}, "Truncated": true, "NextMarker": some{}}).as("page"),
				answers("ListGrants", m{"KeyId": "{key}", "Limit": 1, "Marker": "{page.NextMarker}"}, m{"Grants": []any{unlike("{page.Grants.0}")}, "Truncated": false}),
			},
		},
		{
			Name: "a grant is retired by its token",
			Fact: api("RetireGrant"),
			Calls: []Call{
				key,
				given("CreateGrant", with(in, m{"RetiringPrincipal": "{root}"})).as("grant"),
				answers("RetireGrant", m{"GrantToken": "{grant.GrantToken}"}, m{}),
				listed(),
			},
		},
		{
			Name: "a grant is retired by its id and key",
			Fact: api("RetireGrant"),
			Calls: []Call{
				key,
				given("CreateGrant", with(in, m{"RetiringPrincipal": "{root}"})).as("grant"),
				answers("RetireGrant", m{"KeyId": "{key.arn}", "GrantId": "{grant.GrantId}"}, m{}),
				listed(),
			},
		},
		{
			Name: "the grants that a principal can retire",
			Fact: api("ListRetirableGrants"),
			Calls: []Call{
				key,
				given("CreateGrant", with(in, m{"RetiringPrincipal": "{root}"})).as("grant"),
				answers("ListRetirableGrants", m{"RetiringPrincipal": "{root}", "Limit": 100}, m{
					"Grants": including(with(entry, m{"RetiringPrincipal": "{root}"})), "Truncated": false,
				}),
			},
		},
		{
			Name: "a grant is used at once by its token",
			Fact: documented(guide + "grants.html"),
			Calls: []Call{
				key, create,
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "GrantTokens": []string{"{grant.GrantToken}"}}, sealed("key")),
			},
		},
		{
			Name: "a text that is no grant token",
			Fact: documented("https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html"),
			Calls: []Call{
				key,
				failsLike("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret", "GrantTokens": []string{"no token"}}, "InvalidGrantTokenException", "Invalid grant token."),
			},
		},
		{
			Name: "no grant of an id",
			Fact: api("RevokeGrant"),
			Calls: []Call{
				key,
				failsLike("RevokeGrant", named(noGrant), "NotFoundException", "Grant ID "+noGrant+" not found"),
				failsLike("RetireGrant", m{"KeyId": "{key.arn}", "GrantId": noGrant}, "NotFoundException", "Grant ID "+noGrant+" not found"),
			},
		},
		{
			Name: "a text that is no grant id",
			Fact: api("RevokeGrant"),
			Calls: []Call{
				key,
				failsLike("RevokeGrant", named("no grant id"), "InvalidGrantIdException", "Invalid grant ID."),
			},
		},
		{
			Name: "a principal of a grant that is no ARN",
			Fact: reported("CreateGrant"),
			Calls: []Call{
				key,
				fails("CreateGrant", with(in, m{"GranteePrincipal": "somebody"}), "InvalidArnException", "ARN does not refer to a valid principal: somebody"),
			},
		},
		{
			Name: "an operation that the key does not do",
			Fact: api("CreateGrant"),
			Calls: []Call{
				key,
				failsLike("CreateGrant", with(in, m{"Operations": []string{"Sign"}}), "ValidationException",
					"Grant operation Sign is not supported for a KMS key with key spec SYMMETRIC_DEFAULT and key usage ENCRYPT_DECRYPT."),
			},
		},
		{
			Name: "a constraint on what has no encryption context",
			Fact: api("CreateGrant"),
			Calls: []Call{
				newKey("key", m{"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}),
				failsLike("CreateGrant", with(in, m{"Constraints": m{"EncryptionContextEquals": m{"a": "1"}}}), "ValidationException",
					"Encryption context grant constraints are not supported for key spec RSA_2048."),
			},
		},
		{
			Name: "a dry run of grants",
			Fact: recorded("DryRun"),
			Calls: []Call{
				key,
				fails("CreateGrant", with(in, m{"DryRun": true}), "DryRunOperationException", dryRun),
				listed(),
				given("CreateGrant", with(in, m{"RetiringPrincipal": "{root}"})).as("grant"),
				fails("RetireGrant", m{"GrantToken": "{grant.GrantToken}", "DryRun": true}, "DryRunOperationException", dryRun),
				fails("RevokeGrant", with(named("{grant.GrantId}"), m{"DryRun": true}), "DryRunOperationException", dryRun),
				listed(with(entry, m{"RetiringPrincipal": "{root}"})),
			},
		},
	}
}

// noGrant is the id of no grant.
const noGrant = "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60"
