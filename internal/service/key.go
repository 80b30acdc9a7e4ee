package service

import (
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/material"
)

// key is the record of one KMS key in one Region.
type key struct {
	account *account
	id      string
	arn     string

	spec        *keyspec.Spec
	usage       types.KeyUsageType
	origin      types.OriginType
	manager     types.KeyManagerType
	multiRegion bool
	created     time.Time

	description string
	enabled     bool      // as EnableKey and DisableKey left it
	deletion    time.Time // when the key goes; zero unless it is scheduled
	policy      string
	tags        []types.Tag // by tag key
	aliases     btree.Map[string, *alias]

	materials *materials
}

// materials is the key material of a KMS key, oldest first. The last is current.
type materials struct {
	list []*keyMaterial
}

func (m *materials) current() *keyMaterial {
	if len(m.list) == 0 {
		return nil
	}
	return m.list[len(m.list)-1]
}

// named finds the key material that a ciphertext names.
func (m *materials) named(prefix [16]byte) *keyMaterial {
	for _, km := range m.list {
		if [16]byte(km.id[:16]) == prefix {
			return km
		}
	}
	return nil
}

// keyMaterial makes its material when it is first used, once.
type keyMaterial struct {
	id   [32]byte // KeyMaterialId
	text string   // the same in hexadecimal
	made func() (material.Material, error)
}

func newKeyMaterial(id [32]byte, text string, source func() (material.Material, error)) *keyMaterial {
	return &keyMaterial{id: id, text: text, made: sync.OnceValues(source)}
}

// state is the key state at a time: a function of the record and the time.
func (k *key) state(now time.Time) types.KeyState {
	switch {
	case !k.deletion.IsZero():
		return types.KeyStatePendingDeletion
	case k.materials.current() == nil:
		return types.KeyStatePendingImport
	case !k.enabled:
		return types.KeyStateDisabled
	default:
		return types.KeyStateEnabled
	}
}

// remove takes the key out of the account with all that refers to it. The lock
// must be held for writing.
func (k *key) remove() {
	k.aliases.Scan(func(name string, _ *alias) bool {
		k.account.aliases.Delete(name)
		return true
	})
	k.account.keys.Delete(k.id)
	delete(k.account.region.keys, k.id)
}

// description of a key as DescribeKey and its kin answer it, in one allocation:
// everything that the metadata points to stands beside it and belongs to the
// caller.
type metadata struct {
	types.KeyMetadata
	id, arn, account, description, material string
	created, deletion                       time.Time
	multiRegion                             bool
}

func (k *key) metadata(now time.Time) *types.KeyMetadata {
	m := &metadata{}
	k.describe(m, now)
	return &m.KeyMetadata
}

func (k *key) describe(m *metadata, now time.Time) {
	state := k.state(now)
	m.id, m.arn, m.account, m.description = k.id, k.arn, k.account.id, k.description
	m.created, m.multiRegion = k.created, k.multiRegion
	m.KeyMetadata = types.KeyMetadata{
		KeyId:                 &m.id,
		Arn:                   &m.arn,
		AWSAccountId:          &m.account,
		CreationDate:          &m.created,
		CustomerMasterKeySpec: types.CustomerMasterKeySpec(k.spec.Name),
		Description:           &m.description,
		Enabled:               state == types.KeyStateEnabled,
		KeyManager:            k.manager,
		KeySpec:               k.spec.Name,
		KeyState:              state,
		KeyUsage:              k.usage,
		MultiRegion:           &m.multiRegion,
		Origin:                k.origin,
	}
	list := algorithmsOf(k.spec, k.usage)
	m.EncryptionAlgorithms, m.SigningAlgorithms, m.MacAlgorithms = list.encryption, list.signing, list.mac
	m.KeyAgreementAlgorithms, m.EncapsulationAlgorithms = list.agreement, list.encapsulation
	if !k.deletion.IsZero() {
		m.deletion = k.deletion
		m.DeletionDate = &m.deletion
	}
	if current := k.materials.current(); current != nil && k.spec.Family == keyspec.Symmetric {
		m.material = current.text
		m.CurrentKeyMaterialId = &m.material
	}
}

// describeKey answers DescribeKey. Answer and metadata are one allocation.
func describeKey(c *call, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
	c.rlock()
	defer c.runlock()
	k, err := c.find(*in.KeyId, "kms:DescribeKey")
	if err != nil {
		return nil, err
	}
	answer := &struct {
		kms.DescribeKeyOutput
		metadata
	}{}
	k.describe(&answer.metadata, c.now)
	answer.DescribeKeyOutput.KeyMetadata = &answer.metadata.KeyMetadata
	return &answer.DescribeKeyOutput, nil
}
