package conformance

// relations are the related keys of a primary key that is kept as key, with a
// replica key in the other Region.
func relations(kind string) m {
	return m{
		"MultiRegionKeyType": kind, "PrimaryKey": m{"Arn": "{key.arn}", "Region": "{region}"},
		"ReplicaKeys": []m{{"Arn": "arn:{partition}:kms:{other}:{account}:key/{key}", "Region": "{other}"}},
	}
}

func multiRegion() []Scenario {
	primary := newKey("key", m{"MultiRegion": true, "Description": "test replicated key"})
	replicate := given("ReplicateKey", m{"KeyId": "{key}", "ReplicaRegion": "{other}"}).as("replica")
	replica := metadata("key", m{
		"Arn": "arn:{partition}:kms:{other}:{account}:key/{key}", "MultiRegion": true, "MultiRegionConfiguration": relations("REPLICA"),
	})
	return []Scenario{
		{
			Name: "a key is replicated",
			Fact: recorded("ReplicateKey and DescribeKey in both Regions"),
			Calls: []Call{
				primary,
				fails("DescribeKey", m{"KeyId": "{key}"}, "NotFoundException", "Key 'arn:{partition}:kms:{other}:{account}:key/{key}' does not exist").elsewhere(),
				answers("ReplicateKey", m{"KeyId": "{key}", "ReplicaRegion": "{other}"}, m{
					"ReplicaKeyMetadata": without(with(replica, m{"KeyState": "Creating", "Enabled": false}), "CurrentKeyMaterialId"),
					"ReplicaPolicy":      defaultPolicy,
				}),
				passes(settling),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
					"Description": "test replicated key", "MultiRegion": true, "MultiRegionConfiguration": relations("PRIMARY"),
				})}),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": replica}).elsewhere(),
			},
		},
		{
			Name: "what one Region encrypts, another decrypts",
			Fact: documented(guide + "multi-region-keys-overview.html"),
			Calls: []Call{
				primary, replicate, passes(settling),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				answers("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, with(opened("key", "secret"), m{"KeyId": "{replica.arn}"})).elsewhere(),
			},
		},
		{
			Name: "a replica key is not replicated",
			Fact: recorded("ReplicateKey"),
			Calls: []Call{
				primary, replicate, passes(settling),
				fails("ReplicateKey", m{"KeyId": "{replica}", "ReplicaRegion": "{region}"}, "UnsupportedOperationException", "{replica.arn} is not a multi-region primary key.").elsewhere(),
			},
		},
		{
			Name: "a key of one Region is not replicated",
			Fact: guessed("the words were recorded of a replica key"),
			Calls: []Call{
				newKey("key", nil),
				fails("ReplicateKey", m{"KeyId": "{key}", "ReplicaRegion": "{other}"}, "UnsupportedOperationException", "{key.arn} is not a multi-region primary key."),
			},
		},
		{
			Name: "one replica key in a Region",
			Fact: api("ReplicateKey"),
			Calls: []Call{
				primary, replicate, passes(settling),
				failsLike("ReplicateKey", m{"KeyId": "{key}", "ReplicaRegion": "{other}"}, "AlreadyExistsException", "A multi-Region key with the key ID {key} already exists in Region {other}."),
			},
		},
		{
			Name: "a primary key waits for its replica keys",
			Fact: documented(guide + "multi-region-keys-delete.html"),
			Calls: []Call{
				primary, replicate, passes(settling),
				answers("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 7}, m{"KeyId": "{key.arn}", "KeyState": "PendingReplicaDeletion", "PendingWindowInDays": 7}),
				fails("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}, "KMSInvalidStateException", "{key.arn} is pending replica deletion."),
			},
		},
		{
			Name: "a replica key becomes the primary key",
			Fact: api("UpdatePrimaryRegion"),
			Calls: []Call{
				primary, replicate, passes(settling),
				answers("UpdatePrimaryRegion", m{"KeyId": "{key}", "PrimaryRegion": "{other}"}, m{}),
				passes(settling),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": metadata("key", m{
					"Description": "test replicated key", "MultiRegion": true, "MultiRegionConfiguration": m{
						"MultiRegionKeyType": "REPLICA", "PrimaryKey": m{"Arn": "{replica.arn}", "Region": "{other}"},
						"ReplicaKeys": []m{{"Arn": "{key.arn}", "Region": "{region}"}},
					},
				})}),
			},
		},
		{
			Name: "only a primary key hands over",
			Fact: guessed("the words were recorded of ReplicateKey"),
			Calls: []Call{
				primary, replicate, passes(settling),
				fails("UpdatePrimaryRegion", m{"KeyId": "{replica}", "PrimaryRegion": "{region}"}, "UnsupportedOperationException", "{replica.arn} is not a multi-region primary key.").elsewhere(),
			},
		},
	}
}
