package kmsfake

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/service"
)

// Key is a KMS key that is there from the start, see [WithKeys] and [ReadKeys].
// The zero value is an enabled symmetric encryption key in the Region and account
// of the handle that [New] returns. The key is reachable by its key id, key ARN,
// alias names and alias ARNs from the first call on.
type Key struct {
	// ID is the key id: a UUID, or mrk- and 32 hexadecimal digits for a
	// multi-Region key. It is drawn from the seed if it is empty. The first key
	// with the id of a multi-Region key is the primary key, which must be
	// Enabled to have replicas; those after it, in other Regions, are its
	// replica keys, which have its Spec, Usage, Origin and key material.
	ID string `json:"id,omitempty"`

	// Account is the 12 digits of the account that has the key, and Region is
	// where it is. By default they are those of the handle.
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`

	// Spec is SYMMETRIC_DEFAULT if it is empty. Usage may be empty where the key
	// spec allows only one.
	Spec  types.KeySpec      `json:"spec,omitempty"`
	Usage types.KeyUsageType `json:"usage,omitempty"`

	// Origin is AWS_KMS, which is the default, or EXTERNAL for a key with
	// imported key material: Material, or none yet in the state PendingImport.
	Origin types.OriginType `json:"origin,omitempty"`

	// State is Enabled, which is the default, Disabled, PendingDeletion or
	// PendingImport. DeletionDate is when a key that is PendingDeletion goes: 30
	// days after New if it is zero.
	State        types.KeyState `json:"state,omitempty"`
	DeletionDate time.Time      `json:"deletionDate,omitzero"`

	Description string `json:"description,omitempty"`

	// MultiRegion makes a key without an ID a multi-Region key.
	MultiRegion bool `json:"multiRegion,omitempty"`

	// Aliases are alias names, with their prefix alias/.
	Aliases []string          `json:"aliases,omitempty"`
	Tags    map[string]string `json:"tags,omitempty"`

	// Policy is the key policy, a JSON document: by default the one that lets
	// the account decide. In the JSON of a Key it is a string or the document
	// itself.
	Policy string `json:"policy,omitempty"`

	// Material is key material that is known, so that the signatures, MACs and
	// ciphertexts of other systems can be checked and opened: the raw bytes of a
	// symmetric or HMAC key, the PKCS #8 DER of a key pair. Otherwise it is made
	// from the seed. In the JSON of a Key it is base64.
	//
	// The ciphertexts of symmetric encryption keys have a form of their own, in
	// AWS as here: what opens is what a fake sealed whose key had the same ID and
	// Material.
	Material []byte `json:"material,omitempty"`
}

// name is what a text calls the key.
func (k *Key) name() string {
	switch {
	case k.ID != "":
		return k.ID
	case len(k.Aliases) > 0:
		return k.Aliases[0]
	}
	return "without an id"
}

// addKeys makes keys, whose account and Region are the handle's unless they say
// otherwise.
func (f *Fake) addKeys(keys []Key) error {
	for i, k := range keys {
		if k.Account == "" {
			k.Account = f.caller.Account
		}
		if k.Region == "" {
			k.Region = f.caller.Region
		}
		if err := f.aws.AddKey(service.Seed(k)); err != nil {
			return fmt.Errorf("kmsfake: WithKeys: key %d (%s): %w", i+1, k.name(), err)
		}
	}
	return nil
}
