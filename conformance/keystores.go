package conformance

import "time"

func keyStores() []Scenario {
	const cluster = "an AWS CloudHSM cluster"
	store := m{
		"CustomKeyStoreName": "conformance-{run}", "CloudHsmClusterId": "cluster-{run}a",
		"TrustAnchorCertificate": "certificate", "KeyStorePassword": "kmsPswd",
	}
	create := given("CreateCustomKeyStore", store).as("store")
	id := m{"CustomKeyStoreId": "{store.CustomKeyStoreId}"}
	entry := m{
		"CustomKeyStoreId": "{store.CustomKeyStoreId}", "CustomKeyStoreName": "conformance-{run}", "CustomKeyStoreType": "AWS_CLOUDHSM",
		"CloudHsmClusterId": "cluster-{run}a", "TrustAnchorCertificate": "certificate", "CreationDate": fromNow(0), "ConnectionState": "DISCONNECTED",
	}
	describe := func(state string, age time.Duration) Call {
		return answers("DescribeCustomKeyStores", id, m{
			"CustomKeyStores": []m{with(entry, m{"ConnectionState": state, "CreationDate": fromNow(-age)})}, "Truncated": false,
		})
	}
	return []Scenario{
		{
			Name: "a custom key store is made, connected, used, disconnected and deleted", Needs: cluster,
			Fact: api("CreateCustomKeyStore"),
			Calls: []Call{
				answers("CreateCustomKeyStore", store, m{"CustomKeyStoreId": form("cks-[0-9a-f]{17}")}).as("store"),
				describe("DISCONNECTED", 0),
				answers("ConnectCustomKeyStore", id, m{}),
				describe("CONNECTING", 0),
				passes(hour),
				describe("CONNECTED", hour),
				answers("DisconnectCustomKeyStore", id, m{}),
				passes(hour),
				describe("DISCONNECTED", 2*hour),
				answers("DeleteCustomKeyStore", id, m{}),
				failsLike("DescribeCustomKeyStores", id, "CustomKeyStoreNotFoundException", "Custom key store {store.CustomKeyStoreId} does not exist."),
			},
		},
		{
			Name: "a custom key store is renamed", Needs: cluster,
			Fact: api("UpdateCustomKeyStore"),
			Calls: []Call{
				create,
				answers("UpdateCustomKeyStore", with(id, m{"NewCustomKeyStoreName": "renamed-{run}"}), m{}),
				answers("DescribeCustomKeyStores", m{"CustomKeyStoreName": "renamed-{run}"}, m{
					"CustomKeyStores": []m{with(entry, m{"CustomKeyStoreName": "renamed-{run}"})}, "Truncated": false,
				}),
			},
		},
		{
			Name: "a key in a custom key store", Needs: cluster,
			Fact: api("CreateKey"),
			Calls: []Call{
				create,
				given("ConnectCustomKeyStore", id), passes(hour),
				newKey("key", with(id, m{"Origin": "AWS_CLOUDHSM"})),
				answers("DescribeKey", m{"KeyId": "{key}"}, m{"KeyMetadata": without(metadata("key", m{
					"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "{store.CustomKeyStoreId}", "CloudHsmClusterId": "cluster-{run}a",
				}), "CurrentKeyMaterialId")}),
				given("Encrypt", m{"KeyId": "{key}", "Plaintext": "secret"}).as("sealed"),
				given("DisconnectCustomKeyStore", id), passes(hour),
				fails("Decrypt", m{"CiphertextBlob": "{sealed.CiphertextBlob}"}, "KMSInvalidStateException", "{key.arn} is unavailable."),
				failsLike("DeleteCustomKeyStore", id, "CustomKeyStoreHasCMKsException", "Custom key store {store.CustomKeyStoreId} contains KMS keys."),
				given("ScheduleKeyDeletion", m{"KeyId": "{key}", "PendingWindowInDays": 7}), passes(8 * day),
				answers("DeleteCustomKeyStore", id, m{}),
			},
		},
		{
			Name: "a name of custom key stores is taken", Needs: cluster,
			Fact: api("CreateCustomKeyStore"),
			Calls: []Call{
				create,
				failsLike("CreateCustomKeyStore", with(store, m{"CloudHsmClusterId": "cluster-{run}b"}), "CustomKeyStoreNameInUseException",
					"A custom key store with the name conformance-{run} already exists."),
			},
		},
		{
			Name:  "no custom key store of an id",
			Fact:  api("ConnectCustomKeyStore"),
			Calls: noStore("ConnectCustomKeyStore", "DisconnectCustomKeyStore", "DeleteCustomKeyStore", "UpdateCustomKeyStore", "DescribeCustomKeyStores"),
		},
		{
			Name: "no key in no custom key store",
			Fact: api("CreateKey"),
			Calls: []Call{
				failsLike("CreateKey", m{"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1234567890abcdef0"}, "CustomKeyStoreNotFoundException",
					"Custom key store cks-1234567890abcdef0 does not exist."),
			},
		},
	}
}

func noStore(operations ...string) []Call {
	var calls []Call
	for _, operation := range operations {
		calls = append(calls, failsLike(operation, m{"CustomKeyStoreId": "cks-1234567890abcdef0"}, "CustomKeyStoreNotFoundException",
			"Custom key store cks-1234567890abcdef0 does not exist."))
	}
	return calls
}
