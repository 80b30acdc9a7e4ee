package service

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
)

// This file says what a request has of the condition keys that policies ask for.
// Nothing is worked out before a condition asks.

// inquiry is a request for one permission, as condition keys see it.
type inquiry struct {
	*call
	key    *key // that it is about, or nil
	grant  *grant
	action string
}

// memberKeys are the condition keys whose value is a member of the input, and
// what an absent member means.
var memberKeys = map[string]struct{ member, byDefault string }{
	"kms:bypasspolicylockoutsafetycheck":         {"BypassPolicyLockoutSafetyCheck", "false"},
	"kms:datakeypairspec":                        {"KeyPairSpec", ""},
	"kms:encryptionalgorithm":                    {"EncryptionAlgorithm", string(types.EncryptionAlgorithmSpecSymmetricDefault)},
	"kms:expirationmodel":                        {"ExpirationModel", string(types.ExpirationModelTypeKeyMaterialExpires)},
	"kms:granteeprincipal":                       {"GranteePrincipal", ""},
	"kms:grantoperations":                        {"Operations", ""},
	"kms:keyagreementalgorithm":                  {"KeyAgreementAlgorithm", ""},
	"kms:macalgorithm":                           {"MacAlgorithm", ""},
	"kms:messagetype":                            {"MessageType", string(types.MessageTypeRaw)},
	"kms:primaryregion":                          {"PrimaryRegion", ""},
	"kms:replicaregion":                          {"ReplicaRegion", ""},
	"kms:retiringprincipal":                      {"RetiringPrincipal", ""},
	"kms:rotationperiodindays":                   {"RotationPeriodInDays", "365"},
	"kms:schedulekeydeletionpendingwindowindays": {"PendingWindowInDays", "30"},
	"kms:signingalgorithm":                       {"SigningAlgorithm", ""},
	"kms:validto":                                {"ValidTo", ""},
	"kms:wrappingalgorithm":                      {"WrappingAlgorithm", ""},
	"kms:wrappingkeyspec":                        {"WrappingKeySpec", ""},
}

// resourceKeys are the condition keys that tell of the KMS key.
var resourceKeys = map[string]func(k *key) []string{
	"kms:customermasterkeyspec":  func(k *key) []string { return []string{string(k.spec.Name)} },
	"kms:customermasterkeyusage": func(k *key) []string { return []string{string(k.usage)} },
	"kms:keyorigin":              func(k *key) []string { return []string{string(k.origin)} },
	"kms:keyspec":                func(k *key) []string { return []string{string(k.spec.Name)} },
	"kms:keyusage":               func(k *key) []string { return []string{string(k.usage)} },
	"kms:multiregion":            func(k *key) []string { return one(k.relatives != nil) },
	"kms:multiregionkeytype":     (*key).multiRegionKeyType,
	"kms:resourcealiases":        func(k *key) []string { return k.aliases.Keys() },
}

// requestKeys are the condition keys that tell of the request. The name that a
// key of a whole family ends with is given beside it.
var requestKeys = map[string]func(q *inquiry, name string) []string{
	"kms:calleraccount":         (*inquiry).callerAccount,
	"kms:encryptioncontext:":    (*inquiry).contextValue,
	"kms:encryptioncontextkeys": (*inquiry).contextKeys,
	"kms:grantconstrainttype":   (*inquiry).constraintTypes,
	"kms:grantisforawsresource": func(q *inquiry, _ string) []string { return one(q.forService()) },
	"kms:recipientattestation:": (*inquiry).attestation,
	"kms:reencryptonsamekey":    func(q *inquiry, _ string) []string { return one(q.sameKey()) },
	"kms:requestalias":          func(q *inquiry, _ string) []string { return some(q.requestAlias) },
	"aws:currenttime":           func(q *inquiry, _ string) []string { return []string{q.now.UTC().Format(time.RFC3339)} },
	"aws:epochtime":             func(q *inquiry, _ string) []string { return []string{strconv.FormatInt(q.now.Unix(), 10)} },
	"aws:requestedregion":       func(q *inquiry, _ string) []string { return []string{q.who.Region} },
	"aws:requesttag/":           (*inquiry).requestTag,
	"aws:resourceaccount":       (*inquiry).resourceAccount,
	"aws:resourcetag/":          (*inquiry).resourceTag,
	"aws:securetransport":       func(*inquiry, string) []string { return one(true) },
	"aws:tagkeys":               (*inquiry).tagKeys,
	"aws:viaawsservice":         func(q *inquiry, _ string) []string { return one(q.forService() && !q.who.isService()) },
}

// principalKeys are the condition keys that the principal itself answers.
var principalKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalservicename",
	"aws:principaltype", "aws:username",
}

// carriers are the actions whose requests have a condition key, by its name or
// its family's in lower case. Of a key that is not here all have it.
var carriers = func() map[string][]string {
	actions := map[string][]string{}
	for _, k := range iam.ConditionKeys() {
		if k.Actions != nil {
			actions[strings.ToLower(k.Name)] = k.Actions
		}
	}
	return actions
}()

// lookup is what the request has of a condition key, by its name in lower case.
func (q *inquiry) lookup(name string) ([]string, bool) {
	if values, ok := q.who.conditions[name]; ok {
		return values, true
	}
	family, rest := familyOf(name)
	if actions, ok := carriers[family]; ok && !slices.Contains(actions, strings.TrimPrefix(q.action, "kms:")) {
		return nil, false
	}
	var values []string
	if m, ok := memberKeys[family]; ok {
		values = q.member(m.member)
		if len(values) == 0 {
			values = some(m.byDefault)
		}
	} else if of, ok := resourceKeys[family]; ok {
		if q.key != nil {
			values = of(q.key)
		}
	} else if of, ok := requestKeys[family]; ok {
		values = of(q, rest)
	}
	return values, len(values) > 0
}

// familyOf splits the name of a condition key that is one of many, such as
// kms:EncryptionContext:AppName, after its family.
func familyOf(name string) (family, rest string) {
	vendor, after, _ := strings.Cut(name, ":")
	if i := strings.IndexAny(after, ":/"); i >= 0 {
		i += len(vendor) + 2
		return name[:i], name[i:]
	}
	return name, ""
}

// checkSettable says what is wrong with a condition key that a caller is to have.
func checkSettable(conditionKey string) error {
	name := strings.ToLower(conditionKey)
	family, rest := familyOf(name)
	vendor, after, ok := strings.Cut(name, ":")
	if !ok || vendor == "" || after == "" || family != name && rest == "" {
		return fmt.Errorf("%q is not a condition key, such as aws:SourceIp", conditionKey)
	}
	_, ofMember := memberKeys[family]
	_, ofResource := resourceKeys[family]
	_, ofRequest := requestKeys[family]
	if ofMember || ofResource || ofRequest || slices.Contains(principalKeys, name) {
		return fmt.Errorf("%s follows from the request", conditionKey)
	}
	if _, known := carriers[family]; vendor == "kms" && !known {
		return fmt.Errorf("%s is not a condition key of AWS KMS", conditionKey)
	}
	return nil
}
