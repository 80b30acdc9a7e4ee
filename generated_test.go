package kmsfake_test

import (
	"os/exec"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

// The fake has every operation of the SDK's client, with its very signature.
func TestEveryOperationIsThere(t *testing.T) {
	t.Parallel()
	client, fake, api := reflect.TypeFor[*kms.Client](), reflect.TypeFor[*kmsfake.Fake](), reflect.TypeFor[kmsfake.API]()
	operations := 0
	for m := range client.NumMethod() {
		method := client.Method(m)
		if method.Name == "Options" { // the client's own settings
			continue
		}
		operations++
		own, ok := fake.MethodByName(method.Name)
		if !ok {
			t.Errorf("*Fake has no %s", method.Name)
			continue
		}
		of, ok := api.MethodByName(method.Name)
		if !ok {
			t.Errorf("API has no %s", method.Name)
			continue
		}
		signature := boundTo(method.Type)
		if boundTo(own.Type) != signature || of.Type != signature {
			t.Errorf("%s: *Fake has %v, API has %v, the SDK has %v", method.Name, own.Type, of.Type, signature)
		}
	}
	if operations != api.NumMethod() {
		t.Errorf("API has %d methods, the SDK has %d operations", api.NumMethod(), operations)
	}
	if operations != 56 {
		t.Errorf("the SDK has %d operations; service/kms v1.62.4 has 56", operations)
	}
}

// boundTo is the type of a method without its receiver.
func boundTo(method reflect.Type) reflect.Type {
	var in, out []reflect.Type
	for i := 1; i < method.NumIn(); i++ {
		in = append(in, method.In(i))
	}
	for i := range method.NumOut() {
		out = append(out, method.Out(i))
	}
	return reflect.FuncOf(in, out, method.IsVariadic())
}

// What go generate writes is what stands here.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("go", "run", "./internal/apigen", "-check").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
