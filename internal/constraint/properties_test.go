package constraint_test

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"example.com/kmsfake/internal/constraint"
)

// A domain is what AWS's reference says of a member: strings that are right,
// and one that breaks exactly one constraint.
type domain struct {
	right string // a regular expression
	wrong string
}

// repeat keeps the table below short.
var repeat = strings.Repeat

// strs are the string members by name.
var strs = map[string]domain{
	"AccessKeyId":                     {`[A-Z2-7]{20,30}`, repeat("A", 31)},
	"AliasName":                       {`alias/[a-zA-Z0-9:/_-]{1,250}`, "alias/é"},
	"CloudHsmClusterId":               {`cluster-[2-7a-zA-Z]{11,16}`, "cluster-1111111111111"},
	"CustomKeyStoreId":                {`(?s).{1,64}`, repeat("é", 65)},
	"CustomKeyStoreName":              {`(?s).{1,256}`, ""},
	"Description":                     {`(?s).{0,200}`, repeat("d", 8193)},
	"DestinationKeyId":                {`(?s).{1,200}`, repeat("k", 2049)},
	"GrantId":                         {`(?s).{1,128}`, repeat("g", 129)},
	"GrantToken":                      {`(?s).{1,200}`, ""},
	"GranteePrincipal":                {`[\w+=,.@:/-]{1,256}`, "a principal"},
	"GranteeServicePrincipal":         {`([A-Za-z0-9\-]{1,9}\.){2,4}[A-Za-z0-9\-]{1,9}`, "amazonaws.com"},
	"KeyId":                           {`(?s).{1,200}`, ""},
	"KeyMaterialDescription":          {`[a-zA-Z0-9:/_\s.-]{1,256}`, "no, thanks"},
	"KeyMaterialId":                   {`[a-f0-9]{64}`, repeat("a", 63)},
	"KeyStorePassword":                {`(?s).{7,32}`, repeat("p", 33)},
	"Marker":                          {`[ -ÿ]{1,200}`, "Ā"},
	"Name":                            {`[a-zA-Z0-9:/_-]{1,256}`, "a name"},
	"NewCustomKeyStoreName":           {`(?s).{1,256}`, repeat("n", 257)},
	"Policy":                          {`[\t\n\r -ÿ]{1,200}`, "\v"},
	"PolicyName":                      {`\w{1,128}`, repeat("p", 129)},
	"PrimaryRegion":                   {`([a-z]{1,5}-){2,3}\d{1,3}`, "us-east"},
	"RawSecretAccessKey":              {`[a-zA-Z0-9/+=]{43,64}`, repeat("s", 42)},
	"ReplicaRegion":                   {`([a-z]{1,5}-){2,3}\d{1,3}`, "US-EAST-1"},
	"RetiringPrincipal":               {`[\w+=,.@:/-]{1,256}`, "*"},
	"RetiringServicePrincipal":        {`([A-Za-z0-9\-]{1,9}\.){2,4}[A-Za-z0-9\-]{1,9}`, "rds.amazonaws.com."},
	"SourceArn":                       {`arn:aws[a-z0-9-]{0,4}:[a-z0-9-]{1,9}:[a-z0-9-]{0,9}:[0-9]{12}:[a-z]{1,50}`, "arn:aws:s3:::a-bucket"},
	"SourceKeyId":                     {`(?s).{1,200}`, ""},
	"TagKey":                          {`(?s).{1,128}`, ""},
	"TagValue":                        {`(?s).{0,256}`, repeat("v", 257)},
	"TargetKeyId":                     {`(?s).{1,200}`, ""},
	"TrustAnchorCertificate":          {`(?s).{1,200}`, repeat("t", 5001)},
	"XksKeyId":                        {`[a-zA-Z0-9-_.]{1,128}`, "a/b"},
	"XksProxyUriEndpoint":             {`https://[a-zA-Z0-9.-]{2,120}`, "http://example.com"},
	"XksProxyUriPath":                 {`(/[a-zA-Z0-9/_-]{1,90})?/kms/xks/v\d{1,2}`, "/kms/xks/v100"},
	"XksProxyVpcEndpointServiceName":  {`(com|eu)\.amazonaws\.vpce\.us-east-\d\.vpce-svc-[0-9a-z]{1,20}`, "org.amazonaws.vpce.us-east-1.vpce-svc-1"},
	"XksProxyVpcEndpointServiceOwner": {`[0-9]{12}`, "11112222333x"},
}

// numbers are the least and the greatest by name.
var numbers = map[string][2]int32{
	"Limit":                {1, 1000},
	"NumberOfBytes":        {1, 1024},
	"PendingWindowInDays":  {1, 365},
	"RotationPeriodInDays": {90, 2560},
}

// blobs are the greatest lengths by name; the least is 1.
var blobs = map[string]int{
	"AttestationDocument":        262144,
	"CiphertextBlob":             6144,
	"EncryptedKeyMaterial":       6144,
	"ImportToken":                6144,
	"Mac":                        6144,
	"Message":                    4096,
	"Plaintext":                  4096,
	"PublicKey":                  8192,
	"SharedSecretCiphertextBlob": 6144,
	"Signature":                  6144,
}

// A filler sets members to right values, and some to wrong ones.
type filler struct {
	*rapid.T
	spoil bool // draw which to spoil
	wrong int  // how many are
}

func (f *filler) spoils(name string) bool {
	if !f.spoil || !rapid.Bool().Draw(f.T, "spoil "+name) {
		return false
	}
	f.wrong++
	return true
}

func (f *filler) members(v reflect.Value) {
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() && rapid.Bool().Draw(f.T, "set "+field.Name) {
			f.member(field.Name, v.Field(i))
		}
	}
}

func (f *filler) member(name string, v reflect.Value) {
	if values := v.MethodByName("Values"); values.IsValid() {
		all := values.Call(nil)[0]
		if f.spoils(name) {
			v.SetString("Nonesuch")
		} else {
			v.Set(all.Index(rapid.IntRange(0, all.Len()-1).Draw(f.T, name)))
		}
		return
	}
	switch p := v.Addr().Interface().(type) {
	case **string:
		d, ok := strs[name]
		if !ok {
			f.Fatalf("no string %s in the test's table", name)
		}
		s := d.wrong
		if !f.spoils(name) {
			s = rapid.StringMatching(d.right).Draw(f.T, name)
		}
		*p = aws.String(s)
	case **int32:
		bounds, ok := numbers[name]
		if !ok {
			f.Fatalf("no number %s in the test's table", name)
		}
		n := rapid.Int32Range(bounds[0], bounds[1])
		if f.spoils(name) {
			n = rapid.OneOf(rapid.Int32Range(math.MinInt32, bounds[0]-1), rapid.Int32Range(bounds[1]+1, math.MaxInt32))
		}
		*p = aws.Int32(n.Draw(f.T, name))
	case *[]byte:
		most, ok := blobs[name]
		if !ok {
			f.Fatalf("no blob %s in the test's table", name)
		}
		n := rapid.SampledFrom([]int{1, most})
		if f.spoils(name) {
			n = rapid.SampledFrom([]int{0, most + 1})
		}
		*p = make([]byte, n.Draw(f.T, name))
	case *[]string: // GrantTokens, TagKeys
		*p = []string{"t", "u"}
		if f.spoils(name) {
			*p = []string{"t", ""}
		}
	case **bool:
		*p = aws.Bool(true)
	case *bool:
		*p = true
	case **time.Time:
		*p = aws.Time(time.Unix(0, 0))
	case *map[string]string:
		*p = map[string]string{"": repeat("v", 10000)}
	default:
		f.compound(name, v)
	}
}

func (f *filler) compound(name string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.members(v.Elem())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String: // enums
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		all := v.Index(0).MethodByName("Values").Call(nil)[0]
		v.Index(0).Set(all.Index(0))
		v.Index(1).Set(all.Index(all.Len() - 1))
		if f.spoils(name) {
			v.Index(1).SetString("")
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(f.T, "len "+name), 3))
		for i := range v.Len() {
			f.members(v.Index(i))
		}
	default:
		f.Fatalf("%s: a %s", name, v.Type())
	}
}

// What is within the bounds passes, whatever else is missing.
func TestWithinBoundsProperty(t *testing.T) {
	t.Parallel()
	ops := operations()
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(ops).Draw(t, "operation")
		input := reflect.New(op.input)
		(&filler{T: t}).members(input.Elem())
		if message, ok := constraint.Check(op.name, input.Interface()); !ok {
			t.Fatalf("%s: %s", op.name, message)
		}
	})
}

// Every wrong member is told, once, and counted; with what is missing too.
func TestEveryFailureIsToldProperty(t *testing.T) {
	t.Parallel()
	ops := operations()
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom(ops).Draw(t, "operation")
		input := reflect.New(op.input)
		f := &filler{T: t, spoil: true}
		f.members(input.Elem())

		message, ok := constraint.Check(op.name, input.Interface())
		wellFormed(t, message, ok, f.wrong)
		nulls := constraint.NullMembers(op.name, input.Interface())
		message, ok = constraint.CheckAll(op.name, input.Interface())
		wellFormed(t, message, ok, f.wrong+len(nulls))
		for _, null := range nulls {
			if !strings.Contains(message, null) {
				t.Fatalf("%q lacks %q", message, null)
			}
		}
	})
}

// Failure texts as they follow each other; values may hold anything.
var failure = regexp.MustCompile(`at '[a-zA-Z0-9.]+' failed to satisfy constraint: Member must `)

func wellFormed(t interface {
	Fatalf(string, ...any)
	Helper()
}, message string, ok bool, count int) {
	t.Helper()
	head := ""
	switch {
	case count == 1:
		head = "1 validation error detected: Value "
	case count > 1:
		head = fmt.Sprintf("%d validation errors detected: Value ", count)
	}
	if ok != (count == 0) || !strings.HasPrefix(message, head) || (message == "") != ok {
		t.Fatalf("%d failures expected, got %q, %t", count, message, ok)
	}
	if got := len(failure.FindAllString(message, -1)); got != count {
		t.Fatalf("%d failures expected, found %d in %q", count, got, message)
	}
}

// The patterns that the table keeps as sets of code points are those of the
// reference.
func TestPatternProperty(t *testing.T) {
	t.Parallel()
	for pattern, check := range map[string]func(s *string) (string, bool){
		`^[a-zA-Z0-9:/_-]+$`: func(s *string) (string, bool) {
			return constraint.Check("CreateGrant", &kms.CreateGrantInput{Name: s})
		},
		`^[\w+=,.@:/-]+$`: func(s *string) (string, bool) {
			return constraint.Check("ListGrants", &kms.ListGrantsInput{GranteePrincipal: s})
		},
		`^[\x{9}\x{A}\x{D}\x{20}-\x{FF}]+$`: func(s *string) (string, bool) {
			return constraint.Check("PutKeyPolicy", &kms.PutKeyPolicyInput{Policy: s})
		},
		`^[\x{20}-\x{FF}]*$`: func(s *string) (string, bool) {
			return constraint.Check("ListKeys", &kms.ListKeysInput{Marker: s})
		},
		`^[a-zA-Z0-9-_.]+$`: func(s *string) (string, bool) {
			return constraint.Check("CreateKey", &kms.CreateKeyInput{XksKeyId: s})
		},
		`^[a-zA-Z0-9:/_\t\n\v\f\r .-]+$`: func(s *string) (string, bool) {
			return constraint.Check("ImportKeyMaterial", &kms.ImportKeyMaterialInput{KeyMaterialDescription: s})
		},
	} {
		re := regexp.MustCompile(pattern)
		for c := rune(0); c < 0x180; c++ {
			s := "a" + string(c)
			if _, ok := check(&s); ok != re.MatchString(s) {
				t.Errorf("%s, code point %#x: ok is %t", pattern, c, ok)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			s := rapid.StringN(1, 100, -1).Draw(t, "s")
			if message, ok := check(&s); ok != re.MatchString(s) {
				t.Fatalf("%s: %q: ok is %t: %s", pattern, s, ok, message)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	ops := operations()
	for i := range ops {
		f.Add(uint(i), "alias/a b", []byte{}, int32(0), uint8(3))
		f.Add(uint(i), "\xff🔑'; ", []byte("x"), int32(math.MinInt32), uint8(1))
		f.Add(uint(i), "", []byte(nil), int32(math.MaxInt32), uint8(0))
	}
	f.Fuzz(func(t *testing.T, index uint, s string, b []byte, n int32, elements uint8) {
		op := ops[index%uint(len(ops))]
		input := reflect.New(op.input)
		fillWith(input.Elem(), s, b, n, int(elements%16))
		message, ok := constraint.Check(op.name, input.Interface())
		all, allOK := constraint.CheckAll(op.name, input.Interface())
		nulls := constraint.NullMembers(op.name, input.Interface())
		if ok != (message == "") || allOK != (all == "") || allOK != (ok && len(nulls) == 0) {
			t.Fatalf("%s: %q, %t; with nulls %q, %t", op.name, message, ok, all, allOK)
		}
		if !utf8.ValidString(all) {
			t.Fatalf("%s: %q is not UTF-8", op.name, all)
		}
		if err := constraint.MissingRequired(op.name, input.Interface()); (err == nil) != (len(nulls) == 0) {
			t.Fatalf("%s: %v, but %q", op.name, err, nulls)
		}
	})
}

// fillWith puts the same values everywhere.
func fillWith(v reflect.Value, s string, b []byte, n int32, elements int) {
	switch p := v.Addr().Interface().(type) {
	case **string:
		*p = &s
	case *[]byte:
		*p = b
	case **int32:
		*p = &n
	case **time.Time, **bool, *bool, *map[string]string:
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(s)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			fillWith(v.Elem(), s, b, n, elements)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), elements, elements))
			for i := range elements {
				fillWith(v.Index(i), s, b, n, elements)
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					fillWith(v.Field(i), s, b, n, elements)
				}
			}
		}
	}
}
