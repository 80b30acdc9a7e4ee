package kmsfake_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

var (
	modelCreateAlias = modelOperation("CreateAlias", (*kmsfake.Fake).CreateAlias,
		func(d *modelDraw) *kms.CreateAliasInput {
			return &kms.CreateAliasInput{AliasName: d.aliasName(), TargetKeyId: d.keyID("TargetKeyId")}
		},
		(*modelCall).createAlias)

	modelUpdateAlias = modelOperation("UpdateAlias", (*kmsfake.Fake).UpdateAlias,
		func(d *modelDraw) *kms.UpdateAliasInput {
			in := &kms.UpdateAliasInput{AliasName: d.aliasName(), TargetKeyId: d.keyID("TargetKeyId")}
			if names := d.customerAliases(); len(names) > 0 && !d.oneIn(4, "another name") {
				in.AliasName = aws.String(modelPick(d, "AliasName", names...))
				in.TargetKeyId = d.goodKeyID("TargetKeyId")
			}
			return in
		},
		(*modelCall).updateAlias)

	modelListSomeAliases = modelOperation("ListAliases", (*kmsfake.Fake).ListAliases,
		func(d *modelDraw) *kms.ListAliasesInput {
			in := &kms.ListAliasesInput{Limit: d.limit(), Marker: d.marker()}
			if d.oneIn(2, "of one key") {
				in.KeyId = d.keyID("KeyId")
			}
			return in
		},
		(*modelCall).listAliases)

	modelAliasCommands = []modelCommand{
		modelCreateAlias,
		modelCreateAlias,
		modelUpdateAlias,
		modelUpdateAlias,
		modelOperation("DeleteAlias", (*kmsfake.Fake).DeleteAlias,
			func(d *modelDraw) *kms.DeleteAliasInput { return &kms.DeleteAliasInput{AliasName: d.aliasName()} },
			(*modelCall).deleteAlias),
		modelListSomeAliases,
		modelFillAliases,
	}

	// modelFillAliases gives one key as many aliases as it may have, or almost, then
	// one that another key had, and lists all that there are.
	modelFillAliases = modelCommand{"CreateAlias, many times", func(t *rapid.T, w *modelWorld, at modelPlace) {
		keys := w.model.stores[at].keys
		if len(keys) == 0 || rapid.IntRange(1, 8).Draw(t, "rarely") != 8 {
			return
		}
		key := rapid.SampledFrom(keys).Draw(t, "TargetKeyId")
		had := len(w.model.stores[at].aliasesOf(key))
		for i := range rapid.IntRange(49, 51).Draw(t, "aliases") - had {
			modelOperation("CreateAlias", (*kmsfake.Fake).CreateAlias,
				func(*modelDraw) *kms.CreateAliasInput {
					return &kms.CreateAliasInput{AliasName: aws.String(fmt.Sprintf("alias/%s/%d", key.id, had+i)), TargetKeyId: aws.String(key.id)}
				},
				(*modelCall).createAlias).run(t, w, at)
		}
		modelOperation("UpdateAlias", (*kmsfake.Fake).UpdateAlias,
			func(d *modelDraw) *kms.UpdateAliasInput {
				others := slices.DeleteFunc(d.customerAliases(), func(name string) bool { return d.store().aliases[name].target == key })
				return &kms.UpdateAliasInput{AliasName: aws.String(modelPick(d, "AliasName", append(others, "alias/a")...)), TargetKeyId: aws.String(key.id)}
			},
			(*modelCall).updateAlias).run(t, w, at)
		modelOperation("ListAliases", (*kmsfake.Fake).ListAliases,
			func(d *modelDraw) *kms.ListAliasesInput {
				return &kms.ListAliasesInput{Limit: modelUsually[int32](d, "limit", 50, 51, 61, 100)}
			},
			(*modelCall).listAliases).run(t, w, at)
	}}
)

// Names that an alias can have, and names that it cannot.
var modelAliasNames = []string{
	"alias/a", "alias/b", "alias/a/b", "alias/a-_0", "alias/Z", "alias/alias/a", "alias/aws", "alias/awsome", "alias/" + strings.Repeat("x", 250),
	"alias/", "alias/a:b", "alias/a b", "alias/é", "alias/aws/", "alias/aws/s3", "alias/aws/mine", "a", "ALIAS/a", "", "alias/" + strings.Repeat("x", 251),
}

func (d *modelDraw) aliasName() *string {
	if names := d.customerAliases(); len(names) > 0 && d.oneIn(2, "alias is there") {
		return aws.String(modelPick(d, "AliasName", names...))
	}
	if d.oneIn(20, "no AliasName") {
		return nil
	}
	return aws.String(modelPick(d, "AliasName", modelAliasNames...))
}

var modelAliasPattern = regexp.MustCompile(`^[a-zA-Z0-9:/_-]+$`)

func (c *modelCall) checkAlias(name *string) {
	c.checks.required("AliasName", name != nil)
	c.checks.length("aliasName", name, 1, 256)
	c.checks.pattern("aliasName", name, modelAliasPattern, "^[a-zA-Z0-9:/_-]+$")
}

func (c *modelCall) checkTarget(keyID *string) {
	c.checks.required("TargetKeyId", keyID != nil)
	c.checks.keyID("targetKeyId", keyID)
}

// modelOwnAlias refuses names that are no alias's, or those of AWS's own.
func modelOwnAlias(name string) *modelRefusal {
	switch {
	case !strings.HasPrefix(name, "alias/"):
		return modelRefuse("ValidationException", `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
	case strings.HasPrefix(name, "alias/aws/"):
		return modelRefuse("NotAuthorizedException", "")
	}
	return nil
}

// target finds the key that an alias shall refer to, which no alias can name.
func (c *modelCall) target(keyID string) (*modelKey, *modelRefusal) {
	k, refusal := c.find(keyID)
	switch {
	case refusal != nil && refusal.code == "InvalidArnException" && !refusal.guess:
		return nil, modelRefuse("ValidationException", "Aliases must refer to keys. Not aliases")
	case refusal != nil:
		return nil, refusal
	}
	return k, c.inState(k)
}

func (c *modelCall) room(k *modelKey) *modelRefusal {
	if len(c.store().aliasesOf(k)) >= 50 {
		return modelRefuse("LimitExceededException", "Aliases per key quota for this account in this region is 50, current usage is 50.")
	}
	return nil
}

func (c *modelCall) createAlias(in *kms.CreateAliasInput, _ *kms.CreateAliasOutput) (*kms.CreateAliasOutput, *modelRefusal) {
	c.checkAlias(in.AliasName)
	c.checkTarget(in.TargetKeyId)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	name := strings.Clone(*in.AliasName)
	if refusal := modelOwnAlias(name); refusal != nil {
		return nil, refusal
	}
	if name == "alias/" {
		return nil, modelRefuseSomehow("InvalidAliasNameException")
	}
	if strings.Contains(name, ":") {
		return nil, modelRefuse("InvalidAliasNameException", "%s contains invalid characters for an alias", name)
	}
	k, refusal := c.target(*in.TargetKeyId)
	if refusal != nil {
		return nil, refusal
	}
	if c.store().aliases[name] != nil {
		return nil, modelRefuse("AlreadyExistsException", "An alias with the name %s already exists", c.at.arn(name))
	}
	if refusal := c.room(k); refusal != nil {
		return nil, refusal
	}
	c.store().aliases[name] = &modelAlias{target: k, created: c.stamp(), updated: c.stamp()}
	return &kms.CreateAliasOutput{}, nil
}

// existing finds an alias that is to be changed.
func (c *modelCall) existing(name string) (*modelAlias, *modelRefusal) {
	if refusal := modelOwnAlias(name); refusal != nil {
		return nil, refusal
	}
	if a := c.store().aliases[name]; a != nil {
		return a, nil
	}
	return nil, modelRefuse("NotFoundException", "Alias %s is not found.", c.at.arn(name))
}

// The key that an alias refers to now may be in any state; the one that it shall
// refer to may not be on its way out. Both must be symmetric, or both asymmetric,
// or both HMAC keys, and have the same usage.
func (c *modelCall) updateAlias(in *kms.UpdateAliasInput, _ *kms.UpdateAliasOutput) (*kms.UpdateAliasOutput, *modelRefusal) {
	c.checkAlias(in.AliasName)
	c.checkTarget(in.TargetKeyId)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	a, refusal := c.existing(*in.AliasName)
	if refusal != nil {
		return nil, refusal
	}
	k, refusal := c.target(*in.TargetKeyId)
	if refusal != nil {
		return nil, refusal
	}
	if a.target.kind() != k.kind() || a.target.usage != k.usage {
		return nil, modelRefuseSomehow("ValidationException")
	}
	if a.target != k {
		if refusal := c.room(k); refusal != nil {
			return nil, refusal
		}
	}
	a.target, a.updated = k, c.stamp()
	return &kms.UpdateAliasOutput{}, nil
}

func (k *modelKey) kind() string {
	switch k.spec {
	case types.KeySpecSymmetricDefault:
		return "symmetric"
	case types.KeySpecHmac256:
		return "HMAC"
	}
	return "asymmetric"
}

func (c *modelCall) deleteAlias(in *kms.DeleteAliasInput, _ *kms.DeleteAliasOutput) (*kms.DeleteAliasOutput, *modelRefusal) {
	c.checkAlias(in.AliasName)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	if _, refusal := c.existing(*in.AliasName); refusal != nil {
		return nil, refusal
	}
	delete(c.store().aliases, *in.AliasName)
	return &kms.DeleteAliasOutput{}, nil
}

func (c *modelCall) listAliases(in *kms.ListAliasesInput, got *kms.ListAliasesOutput) (*kms.ListAliasesOutput, *modelRefusal) {
	c.checks.keyID("keyId", in.KeyId)
	if refusal := c.checkPage(in.Limit, in.Marker, 100); refusal != nil {
		return nil, refusal
	}
	var of *modelKey
	if in.KeyId != nil {
		var refusal *modelRefusal
		if of, refusal = c.find(*in.KeyId); refusal != nil {
			return nil, refusal
		}
	}
	after, refusal := c.start(in.Marker, of)
	if refusal != nil {
		return nil, refusal
	}
	out := &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{}}
	var learned *string
	if got != nil {
		learned = got.NextMarker
	}
	names, next, truncated := c.page(c.store().aliasesOf(of), after, in.Limit, 50, of, learned)
	out.NextMarker, out.Truncated = next, truncated
	for _, name := range names {
		a := c.store().aliases[name]
		entry := types.AliasListEntry{AliasName: aws.String(name), AliasArn: aws.String(c.at.arn(name))}
		if a.target != nil {
			entry.TargetKeyId, entry.CreationDate, entry.LastUpdatedDate = &a.target.id, &a.created, &a.updated
		}
		out.Aliases = append(out.Aliases, entry)
	}
	return out, nil
}
