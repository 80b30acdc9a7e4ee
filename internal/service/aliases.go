package service

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// alias is a friendly name for a KMS key, in one account and Region.
type alias struct {
	name    string // with the prefix alias/
	arn     string
	target  *key // nil of a predefined AWS alias that has no key yet
	created time.Time
	updated time.Time
	past    past[aliasState] // states that are still seen
}

const (
	reservedPrefix   = aliasPrefix + "aws/"
	defaultAliasPage = 50
	largestAliasPage = 100
)

// predefinedAliases are the services whose AWS alias a fresh account shows,
// before a key stands behind it.
var predefinedAliases = []string{
	"dynamodb", "ebs", "elasticfilesystem", "es", "glue", "kinesisvideo", "rds", "redshift", "s3", "ssm", "xray",
}

func (h *account) addPredefinedAliases() {
	for _, service := range predefinedAliases {
		a := h.newAlias(reservedPrefix + service)
		h.aliases.Set(a.name, a)
	}
}

// newAlias has a name and an ARN that are one string.
func (h *account) newAlias(name string) *alias {
	arn := h.arn(name)
	return &alias{name: arn[len(arn)-len(name):], arn: arn}
}

// createAlias answers CreateAlias.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
func createAlias(c *call, in *kms.CreateAliasInput) (*kms.CreateAliasOutput, error) {
	name := *in.AliasName
	if err := checkAliasName(name); err != nil {
		return nil, err
	}
	c.lock()
	defer c.unlock()
	if err := c.authorizeAlias(name); err != nil {
		return nil, err
	}
	target, err := c.findAliasTarget(*in.TargetKeyId)
	if err != nil {
		return nil, err
	}
	if _, taken := c.home.aliases.Get(name); taken {
		return nil, aliasExists(c.home.arn(name))
	}
	if err := c.checkAliasQuota(target); err != nil {
		return nil, err
	}
	now := stamp(c.now)
	a := c.home.newAlias(name)
	a.target, a.created, a.updated = target, now, now
	a.past = c.arrive(name)
	c.home.aliases.Set(a.name, a)
	target.aliases.Set(a.name, a)
	return &kms.CreateAliasOutput{}, nil
}

// updateAlias answers UpdateAlias: the alias points to another key of the same
// kind and usage. The state of the key that it leaves does not matter.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html
func updateAlias(c *call, in *kms.UpdateAliasInput) (*kms.UpdateAliasOutput, error) {
	name := *in.AliasName
	if err := checkAliasPrefix(name); err != nil {
		return nil, err
	}
	c.lock()
	defer c.unlock()
	a, err := c.findAlias(name)
	if err != nil {
		return nil, err
	}
	target, err := c.findAliasTarget(*in.TargetKeyId)
	if err != nil {
		return nil, err
	}
	if a.target.spec.Kind() != target.spec.Kind() || a.target.usage != target.usage {
		return nil, aliasKind(a.target.kindAndUsage(), target.kindAndUsage())
	}
	if a.target != target {
		if err := c.checkAliasQuota(target); err != nil {
			return nil, err
		}
	}
	a.past = changed(c, a.past, a.state())
	if a.target != target {
		a.target.aliases.Delete(name)
		target.aliases.Set(name, a)
		a.target = target
	}
	a.updated = stamp(c.now)
	return &kms.UpdateAliasOutput{}, nil
}

// deleteAlias answers DeleteAlias. The key is not affected, whatever its state.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html
func deleteAlias(c *call, in *kms.DeleteAliasInput) (*kms.DeleteAliasOutput, error) {
	name := *in.AliasName
	if err := checkAliasPrefix(name); err != nil {
		return nil, err
	}
	c.lock()
	defer c.unlock()
	a, err := c.findAlias(name)
	if err != nil {
		return nil, err
	}
	a.target.aliases.Delete(name)
	c.home.aliases.Delete(name)
	c.leave(a)
	return &kms.DeleteAliasOutput{}, nil
}

// listAliases answers ListAliases: the caller's aliases in this Region by name,
// or those of one key.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
func listAliases(c *call, in *kms.ListAliasesInput) (*kms.ListAliasesOutput, error) {
	limit, err := pageLimit(in.Limit, defaultAliasPage, largestAliasPage)
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	var ofKey *key
	of := ""
	if in.KeyId != nil {
		k, err := c.findInState(*in.KeyId, "kms:ListAliases")
		if err != nil {
			return nil, err
		}
		ofKey, of = k, k.id
	}
	after, err := c.position(in.Marker, of)
	if err != nil {
		return nil, err
	}
	page, next := pageAfter(c.aliasesSeen(ofKey), after, limit)
	out := &kms.ListAliasesOutput{Aliases: make([]types.AliasListEntry, 0, len(page))}
	for _, a := range page {
		out.Aliases = append(out.Aliases, a.entry())
	}
	out.NextMarker, out.Truncated = c.marker(next, of)
	return out, nil
}

// entry is the alias as a list shows it. A predefined AWS alias that has no key
// yet has no target and no dates.
func (a *alias) entry() types.AliasListEntry {
	if a.target == nil {
		cells := &struct{ name, arn string }{a.name, a.arn}
		return types.AliasListEntry{AliasName: &cells.name, AliasArn: &cells.arn}
	}
	cells := &struct {
		name, arn, target string
		created, updated  time.Time
	}{a.name, a.arn, a.target.id, a.created, a.updated}
	return types.AliasListEntry{
		AliasName:       &cells.name,
		AliasArn:        &cells.arn,
		TargetKeyId:     &cells.target,
		CreationDate:    &cells.created,
		LastUpdatedDate: &cells.updated,
	}
}

// checkAliasName says what is wrong with the name of a new alias. Its length
// and characters have been checked against the model, whose pattern allows a
// colon that the operation refuses.
func checkAliasName(name string) error {
	if err := checkAliasPrefix(name); err != nil {
		return err
	}
	switch {
	case name == aliasPrefix:
		return aliasEmpty()
	case strings.Contains(name, ":"):
		return aliasCharacters(name)
	}
	return nil
}

// checkAliasPrefix refuses names without the prefix and those of AWS's own.
func checkAliasPrefix(name string) error {
	if !strings.HasPrefix(name, aliasPrefix) {
		return aliasPrefixMissing()
	}
	if strings.HasPrefix(name, reservedPrefix) {
		return notAuthorized()
	}
	return nil
}

// findAlias finds an alias of the caller's own. The lock must be held.
func (c *call) findAlias(name string) (*alias, error) {
	if err := c.authorizeAlias(name); err != nil {
		return nil, err
	}
	a, ok := c.home.aliases.Get(name)
	if !ok {
		return nil, noSuchAlias(c.home.arn(name))
	}
	c.found(a.target)
	if err := c.authorize("kms:"+c.name, a.target, a.target.arn); err != nil {
		return nil, err
	}
	return a, nil
}

// findAliasTarget finds the key that an alias shall point to: a customer managed
// key in a fitting state, by its key id or key ARN. The lock must be held.
func (c *call) findAliasTarget(name string) (*key, error) {
	ref, err := c.parse(name)
	if err != nil {
		return nil, err
	}
	if ref.alias != "" {
		return nil, aliasOfAlias()
	}
	c.key = "" // the call is about the target
	k, err := c.findReference(ref, "kms:"+c.name)
	if err != nil {
		return nil, err
	}
	if err := c.checkState(k); err != nil {
		return nil, err
	}
	return k, nil
}

func (c *call) checkAliasQuota(k *key) error {
	quota := c.quotas.AliasesPerKey
	if usage := k.aliases.Len(); usage >= quota {
		return aliasesPerKey(quota, usage)
	}
	return nil
}

func (k *key) kindAndUsage() string {
	kind := map[keyspec.Kind]string{
		keyspec.KindSymmetric: "symmetric", keyspec.KindAsymmetric: "asymmetric", keyspec.KindHMAC: "HMAC",
	}[k.spec.Kind()]
	return kind + " " + string(k.usage)
}
