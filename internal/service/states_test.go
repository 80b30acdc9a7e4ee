package service

import (
	"strings"
	"testing"
)

// Every operation that is about a KMS key has a row, with an entry for each state.
func TestStatesIsWhole(t *testing.T) {
	t.Parallel()
	for operation, row := range states {
		if _, ok := Named(operation); !ok {
			t.Errorf("there is no operation %s", operation)
		}
		if len(row) != len(keyStates) || strings.Trim(string(row), "+-!") != "" {
			t.Errorf("the row of %s is %q", operation, row)
		}
		if works, ok := KeyStates(operation); !ok || len(works) != strings.Count(string(row), "+") {
			t.Errorf("%s goes on in %v", operation, works)
		}
	}
	without := []string{
		"ConnectCustomKeyStore", "CreateCustomKeyStore", "CreateKey", "DeleteCustomKeyStore", "DescribeCustomKeyStores", "DisconnectCustomKeyStore",
		"GenerateRandom", "ListKeys", "ListRetirableGrants", "UpdateCustomKeyStore",
	}
	for _, operation := range without {
		if works, ok := KeyStates(operation); ok {
			t.Errorf("%s is about no key and goes on in %v", operation, works)
		}
	}
	if len(states)+len(without) != len(operations) {
		t.Errorf("%d operations have a row and %d need none, of %d", len(states), len(without), len(operations))
	}
}
