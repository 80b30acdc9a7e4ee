package kmsrapid

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

const (
	administratorName = ":user/kmsrapid"
	allowAll          = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}`

	// remembered is how many names of keys and aliases are known to be in use.
	remembered = 32
)

// interferer does what is planned, between the calls of everybody else.
type interferer struct {
	fake    *kmsfake.Fake
	ctx     context.Context
	allowed []Act
	keys    []kmsfake.Key // whose key material it has, if it is imported

	mu     sync.Mutex // held while it acts: the next call waits
	plans  []plan
	passed int // calls since the last act
	calls  int // in all
	done   []string
	places []place
	used   []string // names of keys and aliases, the last first

	// While it acts:
	around    *surroundings
	operation string         // of the call that comes next
	met       *service.Fault // by that call
}

func newInterferer(fake *kmsfake.Fake, keys []kmsfake.Key, allowed []Act, plans []plan) *interferer {
	c := &interferer{fake: fake, ctx: context.Background(), keys: keys, allowed: allowed, plans: plans}
	for _, name := range regions {
		c.places = append(c.places, place{fake.Account(), name})
	}
	if home := (place{fake.Account(), fake.Region()}); !slices.Contains(c.places, home) {
		c.places = append(c.places, home)
	}
	return c
}

// between is what happens before a call.
func (c *interferer) between(who *service.Caller, operation string, in any) *service.Fault {
	if isAdministrator(who.ARN) {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(who, in)
	c.met = nil
	for len(c.plans) > 0 && c.plans[0].Gap <= c.passed && c.met == nil {
		next := c.plans[0]
		c.plans, c.passed = c.plans[1:], 0
		c.do(next, operation)
	}
	c.passed++
	c.calls++
	return c.met
}

// do does an act, or the next one in the order of Acts that is possible.
func (c *interferer) do(p plan, operation string) {
	c.around = look(c.fake.Clone(), c.places, c.used)
	c.operation = operation
	first := slices.IndexFunc(acts, func(a actor) bool { return a.act == p.Act })
	for i := range acts {
		a := acts[(first+i)%len(acts)]
		if !slices.Contains(c.allowed, a.act) {
			continue
		}
		if targets := a.on(c.around); len(targets) > 0 {
			a.does(c, targets[min(p.On, len(targets)-1)], p.How)
			if c.met != nil || a.act != Throttle && a.act != Fail {
				c.done = append(c.done, fmt.Sprintf("before call %d, %s: %s", c.calls+1, operation, a.act))
			}
			return
		}
	}
}

// told is what was done, a line each.
func (c *interferer) told() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.done, "\n")
}

// remember moves what the call names to the front.
func (c *interferer) remember(who *service.Caller, in any) {
	if at := (place{who.Account, who.Region}); !slices.Contains(c.places, at) {
		c.places = append(c.places, at)
	}
	for _, name := range service.KeyNames(in) {
		if a, err := arn.Parse(name); err == nil && strings.HasPrefix(a.Resource, "key/") {
			name = a.Resource[len("key/"):]
		}
		c.used = slices.DeleteFunc(c.used, func(used string) bool { return used == name })
		c.used = slices.Insert(c.used, 0, name)
	}
	c.used = c.used[:min(len(c.used), remembered)]
}

// at is the administrator of the account that has a target.
func (c *interferer) at(on target) *kmsfake.Fake {
	return administratorOf(c.fake.InRegion(on.at.region), on.at.account)
}

func administratorOf(fake *kmsfake.Fake, account string) *kmsfake.Fake {
	partition := "aws"
	if strings.HasPrefix(fake.Region(), "cn-") {
		partition = "aws-cn"
	} else if strings.HasPrefix(fake.Region(), "us-gov-") {
		partition = "aws-us-gov"
	}
	return fake.As("arn:"+partition+":iam::"+account+administratorName, allowAll)
}

func isAdministrator(principal string) bool { return strings.HasSuffix(principal, administratorName) }

// repoint points an alias to another key of the same kind.
func (c *interferer) repoint(on target, how int) {
	others := c.around.keysThat(func(m *types.KeyMetadata) bool {
		return m.KeySpec == on.key.KeySpec && m.KeyUsage == on.key.KeyUsage && m.KeyState == types.KeyStateEnabled
	})
	others = slices.DeleteFunc(others, func(t target) bool { return t.at != on.at || *t.key.Arn == *on.key.Arn })
	admin := c.at(on)
	var to *string
	if len(others) > 0 {
		to = others[how%len(others)].key.KeyId
	} else {
		made, err := admin.CreateKey(c.ctx, &kms.CreateKeyInput{KeySpec: on.key.KeySpec, KeyUsage: on.key.KeyUsage})
		if err != nil {
			return
		}
		to = made.KeyMetadata.KeyId
	}
	_, _ = admin.UpdateAlias(c.ctx, &kms.UpdateAliasInput{AliasName: &on.alias, TargetKeyId: to})
}

// reimport imports key material again that was there from the start: for good, or
// for a time.
func (c *interferer) reimport(on target, how int) {
	i := slices.IndexFunc(c.keys, func(k kmsfake.Key) bool {
		return k.ID == *on.key.KeyId && cmp.Or(k.Region, c.fake.Region()) == on.at.region
	})
	if i < 0 {
		return
	}
	known := cmp.Or(string(c.keys[i].Material), imported)
	admin := c.at(on)
	parameters, err := admin.GetParametersForImport(c.ctx, &kms.GetParametersForImportInput{
		KeyId: on.key.Arn, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
	})
	if err != nil {
		return
	}
	parsed, err := x509.ParsePKIXPublicKey(parameters.PublicKey)
	public, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return
	}
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte(known), nil)
	if err != nil {
		return
	}
	in := &kms.ImportKeyMaterialInput{
		KeyId: on.key.Arn, ImportToken: parameters.ImportToken, EncryptedKeyMaterial: wrapped,
		ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
	}
	if how > 0 {
		until := c.fake.Now().Add(times[how-1] + time.Minute)
		in.ExpirationModel, in.ValidTo = types.ExpirationModelTypeKeyMaterialExpires, &until
	}
	_, _ = admin.ImportKeyMaterial(c.ctx, in)
}

// fail has the call that comes next fail, if it can in this way.
func (c *interferer) fail(err error, applied bool) {
	applied = applied && changes(c.operation)
	f := service.Fault{Operation: c.operation, Error: err, Applied: applied}
	if f.Check() == nil {
		c.met = &f
	}
}

// changes says whether an operation changes something that is kept.
func changes(operation string) bool {
	for _, verb := range []string{
		"Cancel", "Connect", "Create", "Delete", "Disable", "Disconnect", "Enable", "Import", "Put", "Replicate",
		"Retire", "Revoke", "Rotate", "Schedule", "Tag", "Untag", "Update",
	} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}
