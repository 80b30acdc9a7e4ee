package conformance

func references() []Scenario {
	list := []Scenario{
		{
			Name: "a key id of another Region is no key here",
			Fact: recorded("DescribeKey from another Region"),
			Calls: []Call{
				newKey("key", nil).elsewhere(),
				fails("DescribeKey", m{"KeyId": "{key}"}, "NotFoundException", "Key 'arn:{partition}:kms:{region}:{account}:key/{key}' does not exist"),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": some{}}).elsewhere(),
			},
		},
		{
			Name: "a key ARN of another Region is invalid here",
			Fact: recorded("DescribeKey from another Region"),
			Calls: []Call{
				newKey("key", nil).elsewhere(),
				fails("DescribeKey", m{"KeyId": "{key.arn}"}, "NotFoundException", "Invalid arn {other}"),
				answers("DescribeKey", m{"KeyId": "{key.arn}"}, m{"KeyMetadata": some{}}).elsewhere(),
			},
		},
		{
			Name: "no key of a key id",
			Fact: recorded("DescribeKey of a key that does not exist"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": missingKey}, "NotFoundException", "Key 'arn:{partition}:kms:{region}:{account}:key/"+missingKey+"' does not exist"),
			},
		},
		{
			Name: "no key of a key ARN",
			Fact: recorded("DescribeKey of a key that does not exist"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": "arn:{partition}:kms:{region}:{account}:key/" + missingKey}, "NotFoundException",
					"Key 'arn:{partition}:kms:{region}:{account}:key/"+missingKey+"' does not exist"),
			},
		},
		{
			Name: "no key of a multi-Region key id",
			Fact: recorded("DescribeKey of a key that does not exist"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": "mrk-d3b95762d3b95762d3b95762d3b95762"}, "NotFoundException",
					"Key 'arn:{partition}:kms:{region}:{account}:key/mrk-d3b95762d3b95762d3b95762d3b95762' does not exist"),
			},
		},
		{
			Name: "no alias of a name",
			Fact: reported("DescribeKey and Encrypt under an alias that does not exist"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": "{alias}"}, "NotFoundException", "Alias {alias.arn} is not found."),
				fails("Encrypt", m{"KeyId": "{alias.arn}", "Plaintext": "secret"}, "NotFoundException", "Alias {alias.arn} is not found."),
			},
		},
		{
			Name: "a malformed ARN",
			Fact: guessed("the type is documented"),
			Calls: []Call{
				fails("DescribeKey", m{"KeyId": "arn:{partition}:kms:{region}:key"}, "InvalidArnException", "Invalid arn arn:{partition}:kms:{region}:key"),
			},
		},
		{
			Name: "each of the four names of a key",
			Fact: api("Encrypt"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				answers("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, sealed("key")),
				answers("Encrypt", m{"KeyId": "{key.arn}", "Plaintext": "secret"}, sealed("key")),
				answers("Encrypt", m{"KeyId": "{alias}", "Plaintext": "secret"}, sealed("key")),
				answers("Encrypt", m{"KeyId": "{alias.arn}", "Plaintext": "secret"}, sealed("key")),
			},
		},
	}
	for _, id := range []string{"fake-key-id", "mrk-fake-key-id", "d3b95762d3b95762d3b95762d3b95762", "key_id"} {
		list = append(list, Scenario{
			Name:  "no key id: " + id,
			Fact:  recorded("DescribeKey, GenerateMac and others of such ids"),
			Calls: []Call{fails("DescribeKey", m{"KeyId": id}, "NotFoundException", "Invalid keyId '"+id+"'")},
		})
	}
	for _, c := range []struct {
		operation string
		more      m
	}{
		{"CreateGrant", m{"GranteePrincipal": "{root}", "Operations": []string{"Decrypt"}}},
		{"EnableKeyRotation", nil},
		{"ScheduleKeyDeletion", nil},
		{"TagResource", m{"Tags": []m{{"TagKey": "a", "TagValue": "b"}}}},
		{"PutKeyPolicy", m{"Policy": "{}"}},
		{"DisableKey", nil},
		{"EnableKey", nil},
		{"UpdateKeyDescription", m{"Description": "new"}},
		{"GetKeyRotationStatus", nil},
		{"ListResourceTags", nil},
	} {
		list = append(list, Scenario{
			Name: c.operation + " takes no alias",
			Fact: reported("CreateGrant, EnableKeyRotation, ScheduleKeyDeletion, TagResource, PutKeyPolicy of an alias"),
			Calls: []Call{
				newKey("key", nil),
				newAlias("key"),
				fails(c.operation, with(m{"KeyId": "{alias}"}, c.more), "InvalidArnException", "Key Aliases are not supported for this operation."),
			},
		})
	}
	return list
}
