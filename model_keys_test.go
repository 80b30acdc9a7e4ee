package kmsfake_test

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

var modelKeyCommands = []modelCommand{
	modelOperation("CreateKey", (*kmsfake.Fake).CreateKey, (*modelDraw).createKey, (*modelCall).createKey),
	modelOperation("DescribeKey", (*kmsfake.Fake).DescribeKey,
		func(d *modelDraw) *kms.DescribeKeyInput { return &kms.DescribeKeyInput{KeyId: d.keyID("KeyId")} },
		(*modelCall).describeKey),
	modelOperation("ListKeys", (*kmsfake.Fake).ListKeys,
		func(d *modelDraw) *kms.ListKeysInput { return &kms.ListKeysInput{Limit: d.limit(), Marker: d.marker()} },
		(*modelCall).listKeys),
	modelOperation("EnableKey", (*kmsfake.Fake).EnableKey,
		func(d *modelDraw) *kms.EnableKeyInput { return &kms.EnableKeyInput{KeyId: d.keyID("KeyId")} },
		func(c *modelCall, in *kms.EnableKeyInput, _ *kms.EnableKeyOutput) (*kms.EnableKeyOutput, *modelRefusal) {
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			k.disabled = false
			return &kms.EnableKeyOutput{}, nil
		}),
	modelOperation("DisableKey", (*kmsfake.Fake).DisableKey,
		func(d *modelDraw) *kms.DisableKeyInput { return &kms.DisableKeyInput{KeyId: d.keyID("KeyId")} },
		func(c *modelCall, in *kms.DisableKeyInput, _ *kms.DisableKeyOutput) (*kms.DisableKeyOutput, *modelRefusal) {
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			k.disabled = true
			return &kms.DisableKeyOutput{}, nil
		}),
	modelOperation("ScheduleKeyDeletion", (*kmsfake.Fake).ScheduleKeyDeletion,
		func(d *modelDraw) *kms.ScheduleKeyDeletionInput {
			return &kms.ScheduleKeyDeletionInput{
				KeyId:               d.keyID("KeyId"),
				PendingWindowInDays: modelOptional[int32](d, "days", 7, 8, 30, 6, 31, 365, 366, 0, -1),
			}
		},
		(*modelCall).scheduleKeyDeletion),
	modelOperation("CancelKeyDeletion", (*kmsfake.Fake).CancelKeyDeletion,
		func(d *modelDraw) *kms.CancelKeyDeletionInput {
			return &kms.CancelKeyDeletionInput{KeyId: d.keyID("KeyId")}
		},
		func(c *modelCall, in *kms.CancelKeyDeletionInput, _ *kms.CancelKeyDeletionOutput) (*kms.CancelKeyDeletionOutput, *modelRefusal) {
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			k.deletion, k.disabled = time.Time{}, true
			return &kms.CancelKeyDeletionOutput{KeyId: aws.String(k.arn())}, nil
		}),
	modelOperation("UpdateKeyDescription", (*kmsfake.Fake).UpdateKeyDescription,
		func(d *modelDraw) *kms.UpdateKeyDescriptionInput {
			return &kms.UpdateKeyDescriptionInput{KeyId: d.keyID("KeyId"), Description: modelUsually(d, "Description", modelDescriptions...)}
		},
		func(c *modelCall, in *kms.UpdateKeyDescriptionInput, _ *kms.UpdateKeyDescriptionOutput) (*kms.UpdateKeyDescriptionOutput, *modelRefusal) {
			c.checks.required("KeyId", in.KeyId != nil)
			c.checks.required("Description", in.Description != nil)
			c.checks.keyID("keyId", in.KeyId)
			c.checks.length("description", in.Description, 0, 8192)
			if refusal := c.checked(); refusal != nil {
				return nil, refusal
			}
			k, refusal := c.named(in.KeyId)
			if refusal != nil {
				return nil, refusal
			}
			k.description = strings.Clone(*in.Description)
			return &kms.UpdateKeyDescriptionOutput{}, nil
		}),
}

var modelListAllKeys = modelOperation("ListKeys", (*kmsfake.Fake).ListKeys,
	func(*modelDraw) *kms.ListKeysInput { return &kms.ListKeysInput{} },
	(*modelCall).listKeys)

// named is the way of every operation on one key: its KeyId is checked, the key is
// found, and its state lets the operation through.
func (c *modelCall) named(keyID *string) (*modelKey, *modelRefusal) {
	c.checks = modelChecks{}
	c.checks.required("KeyId", keyID != nil)
	c.checks.keyID("keyId", keyID)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	k, refusal := c.find(*keyID)
	if refusal != nil {
		return nil, refusal
	}
	return k, c.inState(k)
}

var modelDescriptions = []string{"a key", "schlüssel", "", strings.Repeat("é", 400), strings.Repeat("x", 8193)}

// createKey draws an input of which at most a few members are there.
func (d *modelDraw) createKey() *kms.CreateKeyInput {
	in := &kms.CreateKeyInput{
		Description:                    modelOptional(d, "Description", modelDescriptions...),
		MultiRegion:                    modelOptional(d, "multi-Region", true, false),
		Policy:                         modelOptional(d, "Policy", d.policies()...),
		BypassPolicyLockoutSafetyCheck: rapid.Bool().Draw(d.T, "bypass"),
	}
	if d.oneIn(3, "tags are there") {
		in.Tags = d.tags()
	}
	if rapid.Bool().Draw(d.T, "spec is there") {
		in.KeySpec = modelPick(d, "spec", types.KeySpecRsa2048, types.KeySpecHmac256, types.KeySpecEccNistP256, types.KeySpecSymmetricDefault, "NONE")
		in.KeyUsage = modelPick(d, "usage", slices.Concat(modelUsages[in.KeySpec], []types.KeyUsageType{"", types.KeyUsageTypeGenerateVerifyMac})...)
		if d.oneIn(8, "both specs") {
			in.CustomerMasterKeySpec = types.CustomerMasterKeySpec(in.KeySpec)
		}
	}
	if d.oneIn(6, "import") {
		in.Origin = types.OriginTypeExternal
	}
	return in
}

// What a key of each spec can be used for, and with which algorithms.
var (
	modelUsages = map[types.KeySpec][]types.KeyUsageType{
		types.KeySpecSymmetricDefault: {types.KeyUsageTypeEncryptDecrypt},
		types.KeySpecRsa2048:          {types.KeyUsageTypeEncryptDecrypt, types.KeyUsageTypeSignVerify},
		types.KeySpecEccNistP256:      {types.KeyUsageTypeSignVerify, types.KeyUsageTypeKeyAgreement},
		types.KeySpecHmac256:          {types.KeyUsageTypeGenerateVerifyMac},
	}
	modelEncryption = map[types.KeySpec][]types.EncryptionAlgorithmSpec{
		types.KeySpecSymmetricDefault: {types.EncryptionAlgorithmSpecSymmetricDefault},
		types.KeySpecRsa2048:          {types.EncryptionAlgorithmSpecRsaesOaepSha1, types.EncryptionAlgorithmSpecRsaesOaepSha256},
	}
	modelSigning = map[types.KeySpec][]types.SigningAlgorithmSpec{
		types.KeySpecRsa2048: {
			types.SigningAlgorithmSpecRsassaPkcs1V15Sha256, types.SigningAlgorithmSpecRsassaPkcs1V15Sha384, types.SigningAlgorithmSpecRsassaPkcs1V15Sha512,
			types.SigningAlgorithmSpecRsassaPssSha256, types.SigningAlgorithmSpecRsassaPssSha384, types.SigningAlgorithmSpecRsassaPssSha512,
		},
		types.KeySpecEccNistP256: {types.SigningAlgorithmSpecEcdsaSha256},
	}
	modelAgreement = map[types.KeySpec][]types.KeyAgreementAlgorithmSpec{
		types.KeySpecEccNistP256: {types.KeyAgreementAlgorithmSpecEcdh},
	}
	modelMacs = map[types.KeySpec][]types.MacAlgorithmSpec{
		types.KeySpecHmac256: {types.MacAlgorithmSpecHmacSha256},
	}
)

func (c *modelCall) createKey(in *kms.CreateKeyInput, got *kms.CreateKeyOutput) (*kms.CreateKeyOutput, *modelRefusal) {
	// The order in which the service lists the specs is not the model's business.
	c.checks.guess = in.KeySpec == "NONE"
	c.checks.length("description", in.Description, 0, 8192)
	c.checkTags(in.Tags)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	spec, usage := in.KeySpec, in.KeyUsage
	switch {
	case in.KeySpec != "" && in.CustomerMasterKeySpec != "":
		return nil, modelRefuseSomehow("ValidationException")
	case spec == "":
		spec = types.KeySpecSymmetricDefault
	}
	switch {
	case usage == "" && spec == types.KeySpecSymmetricDefault:
		usage = types.KeyUsageTypeEncryptDecrypt
	case usage == "": // of HMAC keys too, though they have but one
		return nil, modelRefuse("ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
	}
	if !slices.Contains(modelUsages[spec], usage) {
		return nil, modelRefuse("ValidationException", "KeyUsage %s is not compatible with KeySpec %s", usage, spec)
	}
	tags, refusal := modelWithTags(nil, in.Tags)
	if refusal != nil {
		return nil, refusal
	}
	if in.Policy != nil && len(*in.Policy) > 32768 {
		return nil, modelRefuseSomehow("LimitExceededException")
	}
	k := &modelKey{
		at: c.at, spec: spec, usage: usage, origin: types.OriginTypeAwsKms,
		multiRegion: aws.ToBool(in.MultiRegion),
		description: strings.Clone(aws.ToString(in.Description)),
		created:     c.stamp(),
		policy:      modelDefaultPolicy(c.at.account),
		tags:        tags,
	}
	if in.Origin != "" {
		k.origin = in.Origin
	}
	if in.Policy != nil {
		k.policy = strings.Clone(*in.Policy)
	}
	k.id, k.material = "a new key id", "a new key material id"
	if got != nil && got.KeyMetadata != nil {
		k.learnIDs(c.modelAWS, got.KeyMetadata)
	}
	if k.origin == types.OriginTypeExternal {
		k.material = ""
	}
	c.store().keys = append(c.store().keys, k)
	return &kms.CreateKeyOutput{KeyMetadata: k.metadata()}, nil
}

// learnIDs takes the ids over that the service chose, if they have the form of
// such ids and the key id is new.
func (k *modelKey) learnIDs(m *modelAWS, from *types.KeyMetadata) {
	id := aws.ToString(from.KeyId)
	taken := slices.ContainsFunc(m.gone, func(k *modelKey) bool { return k.id == id })
	for _, store := range m.stores {
		taken = taken || store.key(id) != nil
	}
	if modelKeyID.MatchString(id) && strings.HasPrefix(id, "mrk-") == k.multiRegion && !taken {
		k.id = strings.Clone(id)
	}
	if k.spec != types.KeySpecSymmetricDefault {
		return // the material of other keys has an id that no answer tells
	}
	if material := aws.ToString(from.CurrentKeyMaterialId); len(material) == 64 && strings.Trim(material, "0123456789abcdef") == "" {
		k.material = strings.Clone(material)
	}
}

func (k *modelKey) metadata() *types.KeyMetadata {
	m := &types.KeyMetadata{
		AWSAccountId:          &k.at.account,
		Arn:                   aws.String(k.arn()),
		KeyId:                 &k.id,
		CreationDate:          &k.created,
		CustomerMasterKeySpec: types.CustomerMasterKeySpec(k.spec),
		Description:           &k.description,
		Enabled:               k.state() == types.KeyStateEnabled,
		KeyManager:            types.KeyManagerTypeCustomer,
		KeySpec:               k.spec,
		KeyState:              k.state(),
		KeyUsage:              k.usage,
		MultiRegion:           &k.multiRegion,
		Origin:                k.origin,
	}
	switch k.usage {
	case types.KeyUsageTypeEncryptDecrypt:
		m.EncryptionAlgorithms = modelEncryption[k.spec]
	case types.KeyUsageTypeSignVerify:
		m.SigningAlgorithms = modelSigning[k.spec]
	case types.KeyUsageTypeGenerateVerifyMac:
		m.MacAlgorithms = modelMacs[k.spec]
	case types.KeyUsageTypeKeyAgreement:
		m.KeyAgreementAlgorithms = modelAgreement[k.spec]
	}
	if !k.deletion.IsZero() {
		m.DeletionDate = &k.deletion
	}
	if k.spec == types.KeySpecSymmetricDefault && k.material != "" {
		m.CurrentKeyMaterialId = &k.material
	}
	return m
}

func (c *modelCall) describeKey(in *kms.DescribeKeyInput, _ *kms.DescribeKeyOutput) (*kms.DescribeKeyOutput, *modelRefusal) {
	k, refusal := c.named(in.KeyId)
	if refusal != nil {
		return nil, refusal
	}
	return &kms.DescribeKeyOutput{KeyMetadata: k.metadata()}, nil
}

func (c *modelCall) listKeys(in *kms.ListKeysInput, got *kms.ListKeysOutput) (*kms.ListKeysOutput, *modelRefusal) {
	if refusal := c.checkPage(in.Limit, in.Marker, 1000); refusal != nil {
		return nil, refusal
	}
	after, refusal := c.start(in.Marker, nil)
	if refusal != nil {
		return nil, refusal
	}
	var ids []string
	for _, k := range c.store().keysByID() {
		ids = append(ids, k.id)
	}
	out := &kms.ListKeysOutput{Keys: []types.KeyListEntry{}}
	var learned *string
	if got != nil {
		learned = got.NextMarker
	}
	ids, out.NextMarker, out.Truncated = c.page(ids, after, in.Limit, 100, nil, learned)
	for _, id := range ids {
		out.Keys = append(out.Keys, types.KeyListEntry{KeyId: aws.String(id), KeyArn: aws.String(c.at.arn("key/" + id))})
	}
	return out, nil
}

func (c *modelCall) scheduleKeyDeletion(in *kms.ScheduleKeyDeletionInput, _ *kms.ScheduleKeyDeletionOutput) (*kms.ScheduleKeyDeletionOutput, *modelRefusal) {
	c.checks.required("KeyId", in.KeyId != nil)
	c.checks.keyID("keyId", in.KeyId)
	c.checks.between("pendingWindowInDays", in.PendingWindowInDays, 1, 365)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	c.checks.between("pendingWindowInDays", in.PendingWindowInDays, 7, 30)
	if refusal := c.checked(); refusal != nil {
		return nil, refusal
	}
	k, refusal := c.named(in.KeyId)
	if refusal != nil {
		return nil, refusal
	}
	days := int32(30)
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	k.deletion = c.stamp().Add(time.Duration(days) * 24 * time.Hour)
	return &kms.ScheduleKeyDeletionOutput{
		KeyId:               aws.String(k.arn()),
		DeletionDate:        aws.Time(k.deletion),
		KeyState:            types.KeyStatePendingDeletion,
		PendingWindowInDays: &days,
	}, nil
}
