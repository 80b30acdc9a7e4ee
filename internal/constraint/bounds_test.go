package constraint_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/kmsfake/internal/constraint"
)

// lengths are the least and the greatest length of every string and blob
// member, as AWS's API reference gives them.
var lengths = map[string][2]int{
	"AccessKeyId":                     {20, 30},
	"AliasName":                       {1, 256},
	"AttestationDocument":             {1, 262144},
	"CiphertextBlob":                  {1, 6144},
	"CloudHsmClusterId":               {19, 24},
	"CustomKeyStoreId":                {1, 64},
	"CustomKeyStoreName":              {1, 256},
	"Description":                     {0, 8192},
	"DestinationKeyId":                {1, 2048},
	"EncryptedKeyMaterial":            {1, 6144},
	"GrantId":                         {1, 128},
	"GrantToken":                      {1, 8192},
	"GranteePrincipal":                {1, 256},
	"GranteeServicePrincipal":         {1, 128},
	"ImportToken":                     {1, 6144},
	"KeyId":                           {1, 2048},
	"KeyMaterialDescription":          {0, 256},
	"KeyMaterialId":                   {64, 64},
	"KeyStorePassword":                {7, 32},
	"Mac":                             {1, 6144},
	"Marker":                          {1, 1024},
	"Message":                         {1, 4096},
	"Name":                            {1, 256},
	"NewCustomKeyStoreName":           {1, 256},
	"Plaintext":                       {1, 4096},
	"Policy":                          {1, 131072},
	"PolicyName":                      {1, 128},
	"PrimaryRegion":                   {1, 32},
	"PublicKey":                       {1, 8192},
	"RawSecretAccessKey":              {43, 64},
	"ReplicaRegion":                   {1, 32},
	"RetiringPrincipal":               {1, 256},
	"RetiringServicePrincipal":        {1, 128},
	"SharedSecretCiphertextBlob":      {1, 6144},
	"Signature":                       {1, 6144},
	"SourceArn":                       {20, 512},
	"SourceKeyId":                     {1, 2048},
	"TagKey":                          {1, 128},
	"TagValue":                        {0, 256},
	"TargetKeyId":                     {1, 2048},
	"TrustAnchorCertificate":          {1, 5000},
	"XksKeyId":                        {1, 128},
	"XksProxyUriEndpoint":             {10, 128},
	"XksProxyUriPath":                 {10, 128},
	"XksProxyVpcEndpointServiceName":  {20, 64},
	"XksProxyVpcEndpointServiceOwner": {12, 12},
}

var sensitive = map[string]bool{"AccessKeyId": true, "KeyStorePassword": true, "RawSecretAccessKey": true}

// Every string and blob of every input is held to its lengths, one less and
// one more included. Strings are tried in characters of one and of four bytes.
func TestLengths(t *testing.T) {
	t.Parallel()
	unseen := map[string]bool{}
	for name := range lengths {
		unseen[name] = true
	}
	for _, op := range operations() {
		input := reflect.New(op.input)
		each(input.Elem(), "", func(name, path string, v reflect.Value) {
			bounds, ok := lengths[name]
			if !ok {
				t.Errorf("%s: no lengths for %s in the test's table", op.name, name)
				return
			}
			delete(unseen, name)
			for _, n := range []int{bounds[0] - 1, bounds[0], bounds[1], bounds[1] + 1} {
				if n < 0 {
					continue
				}
				demand := ""
				switch {
				case n < bounds[0]:
					demand = "Member must have length greater than or equal to " + strconv.Itoa(bounds[0])
				case n > bounds[1]:
					demand = "Member must have length less than or equal to " + strconv.Itoa(bounds[1])
				}
				if v.Kind() == reflect.Slice {
					v.SetBytes(make([]byte, n))
					length(t, op.name, input, "Value at '"+path+"'", demand)
					continue
				}
				for _, char := range []string{"a", "🔑"} {
					s := strings.Repeat(char, n)
					v.Set(reflect.ValueOf(aws.String(s)))
					if sensitive[name] {
						length(t, op.name, input, "Value at '"+path+"'", demand)
					} else {
						length(t, op.name, input, "Value '"+s+"' at '"+path+"'", demand)
					}
				}
			}
			v.SetZero()
		})
	}
	for name := range unseen {
		t.Errorf("no operation has %s", name)
	}
}

// length looks only at what is said of lengths; "" is nothing.
func length(t *testing.T, operation string, input reflect.Value, value, demand string) {
	t.Helper()
	message, _ := constraint.Check(operation, input.Interface())
	if demand == "" {
		if strings.Contains(message, "Member must have length") {
			t.Errorf("%s: within the bounds: %.300s", operation, message)
		}
		return
	}
	if want := value + " failed to satisfy constraint: " + demand; !strings.Contains(message, want) {
		t.Errorf("%s: got %.300q, want %.300q", operation, message, want)
	}
}

// each visits the strings and blobs of an input with the service's name for
// them. It makes the structures and list elements that they stand in.
func each(v reflect.Value, prefix string, visit func(name, path string, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		path := prefix + strings.ToLower(f.Name[:1]) + f.Name[1:]
		switch field := v.Field(i); {
		case f.Type == reflect.TypeFor[*string](), f.Type == reflect.TypeFor[[]byte]():
			visit(f.Name, path, field)
		case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct && f.Type.Elem().PkgPath() != "time":
			field.Set(reflect.New(f.Type.Elem()))
			each(field.Elem(), path+".", visit)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			field.Set(reflect.MakeSlice(f.Type, 1, 1))
			each(field.Index(0), path+".1.member.", visit)
		}
	}
}
