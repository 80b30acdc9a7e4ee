package service

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// keyStore is the record of a custom key store. What stands behind it is taken to
// be there and in order: any CloudHSM cluster, any external key store proxy and any
// external key. Passwords, credentials' secrets and certificates open nothing here.
type keyStore struct {
	id      string
	name    string
	kind    types.CustomKeyStoreType
	created time.Time

	cluster     string // of a CloudHSM key store
	certificate string // its trust anchor
	proxy       proxy  // of an external key store

	connection connection
	keys       map[string]*key // by external key id, or by key id in a CloudHSM key store
}

// connection is the state that a custom key store is in, or on its way to.
type connection struct {
	to      types.ConnectionStateType // CONNECTED, FAILED or DISCONNECTED
	at      time.Time                 // when it gets there
	failure types.ConnectionErrorCodeType
}

// AWS says up to 20 minutes for a CloudHSM key store and about five for an external
// one, and nothing of how long the way back takes.
const (
	connectingTime    = time.Minute
	disconnectingTime = 10 * time.Second
)

// state is the connection state at a time.
func (s *keyStore) state(now time.Time) types.ConnectionStateType {
	switch {
	case !now.Before(s.connection.at):
		return s.connection.to
	case s.connection.to == types.ConnectionStateTypeDisconnected:
		return types.ConnectionStateTypeDisconnecting
	default:
		return types.ConnectionStateTypeConnecting
	}
}

// hold puts a key in the store.
func (s *keyStore) hold(k *key) {
	k.store = s
	s.keys[k.nameInStore()] = k
}

// nameInStore is what no two keys of a custom key store share.
func (k *key) nameInStore() string {
	if k.external != "" {
		return k.external
	}
	return k.id
}

// clone copies the record without its keys, which point to records.
func (s *keyStore) clone() *keyStore {
	twin := *s
	twin.keys = make(map[string]*key, len(s.keys))
	return &twin
}

// findStore finds a custom key store of the caller's account and Region. The lock
// must be held.
func (c *call) findStore(id string) (*keyStore, error) {
	s, ok := c.home.stores.Get(id)
	if !ok {
		return nil, noSuchKeyStore(id)
	}
	return s, nil
}

// storeFor is the custom key store that a new key shall be in, or nil if it shall
// be in none. The lock must be held.
func (c *call) storeFor(in *kms.CreateKeyInput) (*keyStore, error) {
	if in.CustomKeyStoreId == nil {
		return nil, nil
	}
	s, err := c.findStore(*in.CustomKeyStoreId)
	if err != nil {
		return nil, err
	}
	if string(s.kind) != string(in.Origin) { // the types have the names of the origins
		return nil, originNotOfStore(in.Origin, s)
	}
	if state := s.state(c.now); state != types.ConnectionStateTypeConnected {
		return nil, storeState(s, state)
	}
	if in.XksKeyId != nil && s.keys[*in.XksKeyId] != nil {
		return nil, externalKeyInUse(*in.XksKeyId)
	}
	return s, nil
}

// checkRandom refuses a custom key store that cannot make random bytes now. The
// lock is taken.
func (c *call) checkRandom(storeID string) error {
	c.rlock()
	defer c.runlock()
	s, err := c.findStore(storeID)
	if err != nil {
		return err
	}
	if s.kind != cloudHSM {
		return randomOfExternalStore(storeID)
	}
	if state := s.state(c.now); state != types.ConnectionStateTypeConnected {
		return storeState(s, state)
	}
	return nil
}

// describeStore tells what DescribeKey shows of a key in a custom key store alone.
func (k *key) describeStore(m *types.KeyMetadata) {
	if k.store == nil {
		return
	}
	cells := &struct{ id, cluster, external string }{k.store.id, k.store.cluster, k.external}
	m.CustomKeyStoreId = &cells.id
	if cells.external != "" {
		m.XksKeyConfiguration = &types.XksKeyConfigurationType{Id: &cells.external}
	} else {
		m.CloudHsmClusterId = &cells.cluster
	}
}
