package conformance

func lists() []Scenario {
	list := []Scenario{
		{
			Name: "a key is in the list of keys",
			Fact: recorded("ListKeys"),
			Calls: []Call{
				newKey("key", nil),
				answers("ListKeys", m{"Limit": 1000}, m{"Keys": including{"KeyId": "{key}", "KeyArn": "{key.arn}"}, "Truncated": false}),
			},
		},
		{
			Name: "aliases come by name, a page at a time",
			Fact: recorded("ListAliases"),
			Calls: []Call{
				newKey("key", nil),
				given("CreateAlias", m{"AliasName": "{alias}/b", "TargetKeyId": "{key}"}),
				given("CreateAlias", m{"AliasName": "{alias}/a", "TargetKeyId": "{key}"}),
				given("CreateAlias", m{"AliasName": "{alias}/B", "TargetKeyId": "{key}"}),
				answers("ListAliases", m{"KeyId": "{key}", "Limit": 2}, m{"Aliases": []m{entryOf("B"), entryOf("a")}, "Truncated": true, "NextMarker": some{}}).as("page"),
				answers("ListAliases", m{"KeyId": "{key}", "Limit": 2, "Marker": "{page.NextMarker}"}, m{"Aliases": []m{entryOf("b")}, "Truncated": false}),
			},
		},
		{
			Name: "grants of a key that has none",
			Fact: recorded("ListGrants"),
			Calls: []Call{
				newKey("key", nil),
				answers("ListGrants", m{"KeyId": "{key}"}, m{"Grants": []m{}, "Truncated": false}),
			},
		},
		{
			Name: "a marker that no answer gave",
			Fact: api("ListKeys"),
			Calls: []Call{
				failsLike("ListKeys", m{"Marker": "no marker"}, "InvalidMarkerException", "Invalid marker."),
			},
		},
	}
	for _, c := range []struct{ operation, largest string }{{"ListAliases", "100"}, {"ListKeys", "1000"}} {
		over := map[string]int{"100": 101, "1000": 1001}[c.largest]
		list = append(list, Scenario{
			Name: c.operation + " lists at most " + c.largest + " at a time",
			Fact: guessed("the bound is documented, the words those of other bounds"),
			Calls: []Call{
				fails(c.operation, m{"Limit": over}, "ValidationException",
					"1 validation error detected: Value '"+c.largest[:len(c.largest)-1]+"1' at 'limit' failed to satisfy constraint: Member must have value less than or equal to "+c.largest),
				fails(c.operation, m{"Limit": 0}, "ValidationException",
					"1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"),
			},
		})
	}
	return list
}

// entryOf is an alias of the scenario in a list.
func entryOf(name string) m {
	return m{"AliasName": "{alias}/" + name, "AliasArn": "{alias.arn}/" + name, "TargetKeyId": "{key}", "CreationDate": fromNow(0), "LastUpdatedDate": fromNow(0)}
}
