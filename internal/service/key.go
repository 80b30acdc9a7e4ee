package service

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/iam"
	"example.com/kmsfake/internal/keyspec"
)

// key is the record of one KMS key in one Region.
type key struct {
	account *account
	id      string
	arn     string

	spec     *keyspec.Spec
	usage    types.KeyUsageType
	origin   types.OriginType
	manager  types.KeyManagerType
	created  time.Time
	creating time.Time // until when a replica key is being created
	updating time.Time // until when the primary Region is being changed

	description string
	enabled     bool      // as EnableKey and DisableKey left it
	deletion    time.Time // when the key goes; zero unless it is scheduled
	place       int       // of a scheduled key in the queue of what is due
	window      int32     // days from the end of the last replica key to that of a primary key; else zero
	policy      *iam.Policy
	policyPast  past[*iam.Policy] // policies that are still seen
	seenFrom    time.Time         // when other operations see that the key is there
	tags        []types.Tag       // by tag key
	aliases     btree.Map[string, *alias]

	relatives *relatives // of a multi-Region key; else nil
	store     *keyStore  // the custom key store that the key is in, or nil
	external  string     // XksKeyId: the external key behind a key in an external key store
	materials *materials
	imports   map[[32]byte]imported // by key material id; of keys with imported key material
	lastUse   lastUse
	grants    grants
}

// state is the key state at a time: a function of the record and the time.
func (k *key) state(now time.Time) types.KeyState {
	switch {
	case !k.deletion.IsZero():
		return types.KeyStatePendingDeletion
	case k.window != 0:
		return types.KeyStatePendingReplicaDeletion
	case now.Before(k.creating):
		return types.KeyStateCreating
	case !k.whole(now):
		return types.KeyStatePendingImport
	case now.Before(k.updating):
		return types.KeyStateUpdating
	case k.store != nil && k.store.state(now) != types.ConnectionStateTypeConnected:
		return types.KeyStateUnavailable
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
	if k.store != nil {
		delete(k.store.keys, k.nameInStore())
	}
	k.removeGrants()
	k.account.keys.Delete(k.id)
	delete(k.account.region.keys, k.id)
}

// description of a key as DescribeKey and its kin answer it, in one allocation:
// everything that the metadata points to stands beside it and belongs to the
// caller.
type metadata struct {
	types.KeyMetadata
	id, arn, account, description, material string
	created, deletion, validTo              time.Time
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
	m.created, m.multiRegion = k.created, k.relatives != nil
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
	if current := k.materials.at(now).current(); current != nil && k.rotatable() && state != types.KeyStateCreating {
		m.material = current.text
		m.CurrentKeyMaterialId = &m.material
	}
	if m.ExpirationModel, m.validTo = k.expiration(now); !m.validTo.IsZero() {
		m.ValidTo = &m.validTo
	}
	k.describeRelations(&m.KeyMetadata)
	k.describeStore(&m.KeyMetadata)
}

// describeKey answers DescribeKey. Answer and metadata are one allocation.
func describeKey(c *call, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
	c.makeManagedKey(*in.KeyId)
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
