package service

import (
	"slices"
	"strings"
	"testing"

	"example.com/kmsfake/internal/iam"
)

// given are the condition keys that only a test can know: those of the network,
// the organization and the session, and of the service that sends a request.
var given = []string{
	"kms:viaservice",
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:federatedprovider", "aws:multifactorauthage", "aws:multifactorauthpresent",
	"aws:principalorgid", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:principaltag/", "aws:resourceorgid", "aws:resourceorgpaths",
	"aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc",
	"aws:sourcevpcarn", "aws:sourcevpce", "aws:tokenissuetime", "aws:useragent", "aws:userid", "aws:vpcsourceip",
}

// Every condition key that policies are known to ask for is worked out from the
// request, answered by the principal, or can be given; and none in two ways.
func TestConditionKeysHaveASource(t *testing.T) {
	t.Parallel()
	for _, k := range iam.ConditionKeys() {
		name := strings.ToLower(k.Name)
		_, ofMember := memberKeys[name]
		_, ofResource := resourceKeys[name]
		_, ofRequest := requestKeys[name]
		sources := 0
		for _, has := range []bool{ofMember, ofResource, ofRequest, slices.Contains(principalKeys, name)} {
			if has {
				sources++
			}
		}
		example := name
		if strings.HasSuffix(name, "/") || strings.HasSuffix(name, ":") {
			example += "x"
		}
		settable := checkSettable(example) == nil
		if want := slices.Contains(given, name); sources > 1 || settable != (sources == 0) || settable != want && sources == 0 && strings.HasPrefix(name, "kms:") {
			t.Errorf("%s has %d sources and can be given: %v, want %v", k.Name, sources, settable, want)
		}
	}
	for _, table := range [][]string{keysOf(memberKeys), keysOf(resourceKeys), keysOf(requestKeys)} {
		for _, name := range table {
			if !slices.ContainsFunc(iam.ConditionKeys(), func(k iam.ConditionKey) bool { return strings.EqualFold(k.Name, name) }) {
				t.Errorf("%s is not a condition key that is known", name)
			}
		}
	}
}

func keysOf[V any](table map[string]V) (names []string) {
	for name := range table {
		names = append(names, name)
	}
	return names
}
