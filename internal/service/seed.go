package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake/internal/constraint"
	"example.com/kmsfake/internal/iam"
	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// Seed is a KMS key that is there from the start. It is made by the operations
// that would make it in AWS, so what they refuse is refused here.
type Seed struct {
	ID           string
	Account      string
	Region       string
	Spec         types.KeySpec
	Usage        types.KeyUsageType
	Origin       types.OriginType
	State        types.KeyState
	DeletionDate time.Time
	Description  string
	MultiRegion  bool
	Aliases      []string
	Tags         map[string]string
	Policy       string
	Material     []byte
}

// SeedError is what is wrong with a member of a Seed.
type SeedError struct {
	Member string // as JSON spells it
	Err    error
}

// Error names the member and says what is wrong with it.
func (e *SeedError) Error() string {
	var exception smithy.APIError
	if errors.As(e.Err, &exception) {
		text := exception.ErrorCode()
		if words := exception.ErrorMessage(); words != "" {
			text += ": " + words
		}
		return e.Member + ": " + text
	}
	return e.Member + ": " + e.Err.Error()
}

// Unwrap is what is wrong.
func (e *SeedError) Unwrap() error { return e.Err }

func wrong(member, format string, args ...any) error {
	return &SeedError{member, fmt.Errorf(format, args...)}
}

// AddKey makes a key. Account and Region must be set. The error is a *SeedError,
// after which the AWS is of no use.
func (a *AWS) AddKey(s Seed) error {
	if err := s.checkPlace(); err != nil {
		return err
	}
	if err := s.checkID(a); err != nil {
		return err
	}
	primary := a.primarySeed(s.ID)
	if primary != nil {
		if err := s.inherit(primary); err != nil {
			return err
		}
	}
	spec, usage, err := s.keyType()
	if err != nil {
		return err
	}
	if err := s.checkState(a.Now()); err != nil {
		return err
	}
	known, err := s.material(spec.Name)
	if err != nil {
		return err
	}
	who := Administrator(s.Account, s.Region)
	id := s.ID
	if primary != nil {
		err = a.replicateSeed(who, s, primary, known)
	} else {
		id, err = a.createSeed(who, s, spec.Name, usage, known)
	}
	if err != nil {
		return err
	}
	for i, name := range s.Aliases {
		if _, err := perform(a, who, CreateAlias, &kms.CreateAliasInput{AliasName: &name, TargetKeyId: &id}); err != nil {
			member := fmt.Sprintf("aliases[%d]", i)
			var taken *types.AlreadyExistsException
			if errors.As(err, &taken) {
				return wrong(member, "%s is taken in %s", name, s.Region)
			}
			return &SeedError{member, err}
		}
	}
	if err := a.enterState(who, s, id); err != nil {
		return &SeedError{"state", err}
	}
	if s.Policy == "" {
		return nil
	}
	if _, err := iam.Parse(s.Policy, iam.KeyPolicy); err != nil {
		return &SeedError{"policy", err}
	}
	// The policy comes last, since it may keep the account itself out.
	put := &kms.PutKeyPolicyInput{KeyId: &id, Policy: &s.Policy, BypassPolicyLockoutSafetyCheck: true}
	if _, err := perform(a, who, PutKeyPolicy, put); err != nil {
		return &SeedError{"policy", err}
	}
	return nil
}

// perform does an operation that is no request: it has no request id, and no
// fault befalls it.
func perform[I, O any](a *AWS, who *Caller, op *Operation[I, O], in *I) (*O, error) {
	return op.attempt(a.newCall(who, op.Name, &op.traits), in)
}

func (a *AWS) newCall(who *Caller, name string, traits *traits) *call {
	return &call{AWS: a, who: who, ctx: context.Background(), name: name, traits: traits, now: a.clock.now(), settled: true}
}

func (s *Seed) checkPlace() error {
	if len(s.Account) != 12 || strings.Trim(s.Account, "0123456789") != "" {
		return wrong("account", "%q is not 12 digits", s.Account)
	}
	if s.Region == "" || strings.Trim(s.Region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return wrong("region", "%q is not the name of a Region", s.Region)
	}
	return nil
}

// keyType is the key spec and usage: by default SYMMETRIC_DEFAULT, and the only
// usage that the spec allows.
func (s *Seed) keyType() (*keyspec.Spec, types.KeyUsageType, error) {
	name := s.Spec
	if name == "" {
		name = types.KeySpecSymmetricDefault
	}
	spec, ok := keyspec.Lookup(name)
	switch partition := partitionOf(s.Region); {
	case !ok:
		return nil, "", wrong("spec", "there is no key spec %q", name)
	case !spec.AvailableIn(partition):
		return nil, "", wrong("spec", "%s is not offered in the partition %s", name, partition)
	}
	usage := s.Usage
	if usage == "" && len(spec.Usages) == 1 {
		usage = spec.Usages[0]
	}
	if !spec.Allows(usage) {
		return nil, "", wrong("usage", "%q is not one of %v, which %s allows", usage, spec.Usages, name)
	}
	return spec, usage, nil
}

func (s *Seed) checkID(a *AWS) error {
	multiRegion := strings.HasPrefix(s.ID, multiRegionPrefix)
	switch {
	case s.ID == "":
		return nil
	case !wellFormedKeyID(s.ID) || s.ID != strings.ToLower(s.ID):
		return wrong("id", "%q is not a key id: a UUID, or mrk- and 32 hexadecimal digits, in lower case", s.ID)
	case s.MultiRegion && !multiRegion:
		return wrong("multiRegion", "the id of a multi-Region key begins with mrk-, not as %s", s.ID)
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	if r := a.regions[s.Region]; r != nil && r.keys[s.ID] != nil {
		return wrong("id", "%s is another key's in %s", s.ID, s.Region)
	}
	return nil
}

func (s *Seed) checkState(now time.Time) error {
	switch s.Origin {
	case "", types.OriginTypeAwsKms, types.OriginTypeExternal:
	default:
		return wrong("origin", "%q is neither AWS_KMS nor EXTERNAL", s.Origin)
	}
	external := s.Origin == types.OriginTypeExternal
	pendingImport := s.State == types.KeyStatePendingImport
	switch s.State {
	case "", types.KeyStateEnabled, types.KeyStateDisabled, types.KeyStatePendingDeletion, types.KeyStatePendingImport:
	default:
		return wrong("state", "%q is not Enabled, Disabled, PendingDeletion or PendingImport", s.State)
	}
	switch {
	case pendingImport && !external:
		return wrong("state", "PendingImport is a state of keys whose origin is EXTERNAL")
	case pendingImport && s.Material != nil:
		return wrong("material", "a key in the state PendingImport has none")
	case external && !pendingImport && s.Material == nil:
		return wrong("material", "a key whose origin is EXTERNAL has none unless it is given or the state is PendingImport")
	case s.DeletionDate.IsZero():
		return nil
	case s.State != types.KeyStatePendingDeletion:
		return wrong("deletionDate", "the state is not PendingDeletion")
	case !s.DeletionDate.After(now):
		return wrong("deletionDate", "%s has passed", s.DeletionDate.Format(time.RFC3339))
	}
	return nil
}

// material reads known key material: raw, or PKCS #8.
func (s *Seed) material(spec types.KeySpec) (material.Material, error) {
	if s.Material == nil {
		return nil, nil
	}
	known, err := material.Parse(spec, partitionOf(s.Region), s.Material)
	if err != nil {
		return nil, &SeedError{"material", err}
	}
	return known, nil
}

// createSeed makes the key as CreateKey does, but for its id.
func (a *AWS) createSeed(who *Caller, s Seed, spec types.KeySpec, usage types.KeyUsageType, known material.Material) (id string, err error) {
	in := &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage, Origin: s.Origin}
	if s.MultiRegion || strings.HasPrefix(s.ID, multiRegionPrefix) {
		multiRegion := true
		in.MultiRegion = &multiRegion
	}
	if s.Description != "" {
		in.Description = &s.Description
		if text, ok := constraint.CheckAll(CreateKey.Name, in); !ok {
			return "", &SeedError{"description", validation(text)}
		}
	}
	in.Tags = s.tags()
	if text, ok := constraint.CheckAll(CreateKey.Name, in); !ok {
		return "", &SeedError{"tags", validation(text)}
	}
	if _, err := withTags(nil, in.Tags); err != nil {
		return "", &SeedError{"tags", err}
	}
	c := a.newCall(who, CreateKey.Name, &CreateKey.traits)
	c.keyID = s.ID
	out, err := createKey(c, in)
	if err != nil {
		return "", &SeedError{"spec", err}
	}
	id = *out.KeyMetadata.KeyId
	if known != nil {
		a.setMaterial(who, id, known)
	}
	return id, nil
}

// setMaterial gives a new key the key material that is known. Its id follows from
// the material and the key, so that symmetric ciphertexts of another AWS in which
// both were the same open in this one.
func (a *AWS) setMaterial(who *Caller, keyID string, known material.Material) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.regions[who.Region].keys[keyID]
	km := newKeyMaterial(material.Identify(known, []byte(keyID)), func() (material.Material, error) { return known, nil })
	k.materials.change(a.Now(), func(h *history) { h.list = []*keyMaterial{km} })
	if k.origin == types.OriginTypeExternal {
		k.importAs(km, time.Time{}, nil)
	}
}

// enterState brings a new key into its state.
func (a *AWS) enterState(who *Caller, s Seed, keyID string) error {
	switch s.State {
	case types.KeyStateDisabled:
		_, err := perform(a, who, DisableKey, &kms.DisableKeyInput{KeyId: &keyID})
		return err
	case types.KeyStatePendingDeletion:
		if _, err := perform(a, who, ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: &keyID}); err != nil {
			return err
		}
		if s.DeletionDate.IsZero() {
			return nil
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.due.schedule(a.regions[who.Region].keys[keyID], stamp(s.DeletionDate))
	}
	return nil
}
