package kmsfake_test

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// otherOperations are the operations that name no KMS key, and a good call of each.
var otherOperations = map[string]func(t *testing.T, f *kmsfake.Fake) any{
	"ConnectCustomKeyStore": func(t *testing.T, f *kmsfake.Fake) any {
		return &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: aws.String(ksNew(t, f, ksPublic("a", ksEndpoint, ksPath)))}
	},
	"CreateCustomKeyStore": func(*testing.T, *kmsfake.Fake) any { return ksCloudHSM("a", "cluster-abcdefghijk") },
	"CreateKey":            func(*testing.T, *kmsfake.Fake) any { return &kms.CreateKeyInput{} },
	"DeleteAlias": func(t *testing.T, f *kmsfake.Fake) any {
		return deleteAliasOperation.input(t, f, newKey(t, f))
	},
	"DeleteCustomKeyStore": func(t *testing.T, f *kmsfake.Fake) any {
		return &kms.DeleteCustomKeyStoreInput{CustomKeyStoreId: aws.String(ksNew(t, f, ksPublic("a", ksEndpoint, ksPath)))}
	},
	"DescribeCustomKeyStores": func(*testing.T, *kmsfake.Fake) any { return &kms.DescribeCustomKeyStoresInput{} },
	"DisconnectCustomKeyStore": func(t *testing.T, f *kmsfake.Fake) any {
		return &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: aws.String(ksConnected(t, f, ksPublic("a", ksEndpoint, ksPath)))}
	},
	"GenerateRandom": func(*testing.T, *kmsfake.Fake) any { return &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)} },
	"ListKeys":       func(*testing.T, *kmsfake.Fake) any { return &kms.ListKeysInput{} },
	"ListRetirableGrants": func(_ *testing.T, f *kmsfake.Fake) any {
		return &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(f.Principal())}
	},
	"UpdateCustomKeyStore": func(t *testing.T, f *kmsfake.Fake) any {
		return &kms.UpdateCustomKeyStoreInput{CustomKeyStoreId: aws.String(ksNew(t, f, ksPublic("a", ksEndpoint, ksPath))), NewCustomKeyStoreName: aws.String("b")}
	},
}

// Every operation that the SDK has is there and does what it is asked for.
func TestEveryOperationWorks(t *testing.T) {
	t.Parallel()
	calls := map[string]func(t *testing.T, f *kmsfake.Fake) any{}
	for name, input := range otherOperations {
		calls[name] = input
	}
	for i := range keyOperations {
		op := &keyOperations[i]
		calls[op.name] = func(t *testing.T, f *kmsfake.Fake) any {
			id := op.newKey(t, f)
			in := op.input(t, f, id)
			switch op.name {
			case "CancelKeyDeletion":
				scheduleDeletion(t, f, id, 7)
			case "DeleteImportedKeyMaterial":
				got(f.ImportKeyMaterial(t.Context(), importInput(t, f, id))).ok(t)
			}
			return in
		}
	}
	client := reflect.TypeFor[*kms.Client]()
	n := 0
	for m := range client.NumMethod() {
		method := client.Method(m)
		name := method.Name
		if method.Type.NumIn() != 4 || method.Type.In(2).String() != "*kms."+name+"Input" {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			input := calls[name]
			if input == nil {
				t.Fatal("no call of this operation is known")
			}
			if _, err := invoke(t, f, name, input(t, f)); err != nil {
				t.Error(err)
			}
		})
	}
	if n != 56 || len(calls) != n {
		t.Errorf("the SDK has %d operations, %d calls are known", n, len(calls))
	}
}
