package constraint_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/constraint"
)

// An operation of the SDK's client.
type operation struct {
	name  string
	input reflect.Type // the structure, without the pointer
	call  reflect.Method
}

// operations are all that the SDK's client has.
func operations() []operation {
	var out []operation
	client := reflect.TypeFor[*kms.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumIn() == 4 && m.Type.In(2).Kind() == reflect.Pointer && m.Type.In(2).Elem().Name() == m.Name+"Input" {
			out = append(out, operation{m.Name, m.Type.In(2).Elem(), m})
		}
	}
	return out
}

var errSent = errors.New("the request was sent")

type refuse struct{}

func (refuse) Do(*http.Request) (*http.Response, error) { return nil, errSent }

// sdkClient is the SDK's client with nothing behind it.
func sdkClient() *kms.Client {
	return kms.New(kms.Options{
		Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
		HTTPClient: refuse{},
		Retryer:    aws.NopRetryer{},
	})
}

// missingInSDK is what the SDK itself says is missing, nil if it would send
// the input.
func missingInSDK(t interface{ Fatalf(string, ...any) }, client *kms.Client, op operation, input reflect.Value) error {
	results := op.call.Func.Call([]reflect.Value{reflect.ValueOf(client), reflect.ValueOf(t.(interface{ Context() context.Context }).Context()), input})
	err, _ := results[1].Interface().(error)
	var invalid smithy.InvalidParamsError
	switch {
	case errors.As(err, &invalid):
		return invalid
	case !errors.Is(err, errSent):
		t.Fatalf("%s: the SDK neither refused nor sent: %v", op.name, err)
	}
	return nil
}

func sameMissing(t interface {
	Fatalf(string, ...any)
	Helper()
}, client *kms.Client, op operation, input reflect.Value) {
	t.Helper()
	want := missingInSDK(t, client, op, input)
	got := constraint.MissingRequired(op.name, input.Interface())
	if want == nil {
		if got != nil {
			t.Fatalf("%s: the SDK sends this, MissingRequired says %v", op.name, got)
		}
		return
	}
	var a, b smithy.InvalidParamsError
	if !errors.As(got, &a) || !errors.As(want, &b) || a.Error() != b.Error() || a.Context != b.Context {
		t.Fatalf("%s: MissingRequired = %v\nSDK: %v", op.name, got, want)
	}
	if nulls := constraint.NullMembers(op.name, input.Interface()); len(nulls) != b.Len() {
		t.Fatalf("%s: NullMembers = %q, the SDK misses %d", op.name, nulls, b.Len())
	}
}

func TestMissingRequiredIsTheSDKs(t *testing.T) {
	t.Parallel()
	client := sdkClient()
	ops := operations()
	if len(ops) < 56 {
		t.Fatalf("found %d operations, there are at least 56", len(ops))
	}
	for _, op := range ops {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			sameMissing(t, client, op, reflect.New(op.input))
			sameMissing(t, client, op, reflect.Zero(reflect.PointerTo(op.input)))
		})
	}
}

func TestMissingRequiredText(t *testing.T) {
	t.Parallel()
	err := constraint.MissingRequired("CreateKey", &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("b")}, {}}})
	const want = "2 validation error(s) found.\n- missing required field, CreateKeyInput.Tags[1].TagKey.\n- missing required field, CreateKeyInput.Tags[1].TagValue.\n"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Partly filled inputs, nested ones too, are missing what the SDK says.
func TestMissingRequiredProperty(t *testing.T) {
	t.Parallel()
	client := sdkClient()
	ops := operations()
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(ops).Draw(t, "operation")
		input := reflect.New(op.input)
		fillAnyhow(t, op.name, input.Elem())
		sameMissing(t, client, op, input)
	})
}

// fillAnyhow sets some members to some values, right or wrong.
func fillAnyhow(t *rapid.T, name string, v reflect.Value) {
	if !v.CanSet() || !rapid.Bool().Draw(t, "set "+name) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if v.Elem().Kind() != reflect.Struct || v.Elem().Type().PkgPath() == "time" {
			return
		}
		fillMembers(t, name, v.Elem())
	case reflect.Struct:
		fillMembers(t, name, v)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "len "+name), 3))
		for i := range v.Len() {
			fillAnyhow(t, name, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "x"}).Draw(t, name))
	}
}

func fillMembers(t *rapid.T, name string, v reflect.Value) {
	for i := range v.NumField() {
		fillAnyhow(t, name+"."+v.Type().Field(i).Name, v.Field(i))
	}
}

// Every enum member of every input is held to exactly the SDK's values.
func TestEnumsAreTheSDKs(t *testing.T) {
	t.Parallel()
	const bogus = "NO_SUCH_VALUE"
	seen := 0
	for _, op := range operations() {
		for _, f := range reflect.VisibleFields(op.input) {
			input := reflect.New(op.input)
			for _, enum := range enums(input.Elem().FieldByIndex(f.Index)) {
				seen++
				enum.SetString(bogus)
				message, ok := constraint.Check(op.name, input.Interface())
				_, list, found := strings.Cut(message, "enum value set: [")
				if ok || !found {
					t.Errorf("%s.%s: %q passes: %q", op.name, f.Name, bogus, message)
					continue
				}
				got := strings.Split(strings.TrimRight(list, "]"), ", ")
				var want []string
				values := enum.MethodByName("Values").Call(nil)[0]
				for i := range values.Len() {
					want = append(want, values.Index(i).String())
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s.%s: values %q, the SDK has %q", op.name, f.Name, got, want)
				}
				for _, value := range want {
					enum.SetString(value)
					if message, ok := constraint.Check(op.name, input.Interface()); !ok {
						t.Errorf("%s.%s: %q is refused: %s", op.name, f.Name, value, message)
					}
				}
				enum.SetString("")
			}
		}
	}
	if seen < 30 {
		t.Errorf("found only %d enum members", seen)
	}
}

// enums are the enum values in a member; it makes the structures and the list
// elements that hold them.
func enums(v reflect.Value) []reflect.Value {
	switch _, isEnum := v.Type().MethodByName("Values"); {
	case isEnum:
		return []reflect.Value{v}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		if _, isEnum := v.Type().Elem().MethodByName("Values"); !isEnum {
			return nil
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return []reflect.Value{v.Index(0)}
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct && v.Type().Elem().PkgPath() != "time":
		v.Set(reflect.New(v.Type().Elem()))
		var out []reflect.Value
		for i := range v.Elem().NumField() {
			out = append(out, enums(v.Elem().Field(i))...)
		}
		return out
	}
	return nil
}
