package service

import (
	"encoding/hex"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const (
	defaultStorePage = 100 // a guess: AWS tells neither
	largestStorePage = 1000
)

// createCustomKeyStore answers CreateCustomKeyStore. The new custom key store is
// disconnected.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html
func createCustomKeyStore(c *call, in *kms.CreateCustomKeyStoreInput) (*kms.CreateCustomKeyStoreOutput, error) {
	kind := in.CustomKeyStoreType
	if kind == "" {
		kind = cloudHSM
	}
	if err := checkStoreMembers(kind, creationMembers(in)); err != nil {
		return nil, err
	}
	s := &keyStore{
		name:       *in.CustomKeyStoreName,
		kind:       kind,
		connection: connection{to: types.ConnectionStateTypeDisconnected},
		keys:       map[string]*key{},
	}
	if kind == cloudHSM {
		s.cluster, s.certificate = *in.CloudHsmClusterId, *in.TrustAnchorCertificate
	} else {
		s.proxy = proxyOf(in, c.who.Account)
		if err := s.proxy.check(); err != nil {
			return nil, err
		}
	}
	c.lock()
	defer c.unlock()
	if err := c.checkStoreName(s.name, nil); err != nil {
		return nil, err
	}
	if s.cluster != "" && c.storeOf(s.cluster) != nil {
		return nil, clusterInUse(s.cluster)
	}
	if err := c.home.checkProxy(&s.proxy, nil); err != nil {
		return nil, err
	}
	if usage := c.home.stores.Len(); usage >= c.quotas.CustomKeyStores {
		return nil, tooManyStores(c.quotas.CustomKeyStores, usage)
	}
	c.made++
	drawn := c.entropy.derive("custom key store", "", c.made)
	s.id = "cks-" + hex.EncodeToString(drawn[:9])[:17]
	s.created = stamp(c.now)
	c.home.stores.Set(s.id, s)
	id := s.id
	return &kms.CreateCustomKeyStoreOutput{CustomKeyStoreId: &id}, nil
}

// connectCustomKeyStore answers ConnectCustomKeyStore. The connection is there, or
// has failed, some time later. One that is there or under way stays as it is.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ConnectCustomKeyStore.html
func connectCustomKeyStore(c *call, in *kms.ConnectCustomKeyStoreInput) (*kms.ConnectCustomKeyStoreOutput, error) {
	c.lock()
	defer c.unlock()
	s, err := c.findStore(*in.CustomKeyStoreId)
	if err != nil {
		return nil, err
	}
	switch state := s.state(c.now); state {
	case types.ConnectionStateTypeDisconnecting, types.ConnectionStateTypeFailed:
		return nil, storeState(s, state)
	case types.ConnectionStateTypeDisconnected:
		s.connection = connection{to: types.ConnectionStateTypeConnected, at: c.now.Add(connectingTime)}
		if c.connection != "" {
			s.connection.to, s.connection.failure = types.ConnectionStateTypeFailed, c.connection
		}
	}
	return &kms.ConnectCustomKeyStoreOutput{}, nil
}

// disconnectCustomKeyStore answers DisconnectCustomKeyStore. The keys are
// unavailable at once. Nothing is to be taken down behind an external key store
// with a public endpoint, so that is disconnected at once.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DisconnectCustomKeyStore.html
func disconnectCustomKeyStore(c *call, in *kms.DisconnectCustomKeyStoreInput) (*kms.DisconnectCustomKeyStoreOutput, error) {
	c.lock()
	defer c.unlock()
	s, err := c.findStore(*in.CustomKeyStoreId)
	if err != nil {
		return nil, err
	}
	switch state := s.state(c.now); state {
	case types.ConnectionStateTypeDisconnecting, types.ConnectionStateTypeDisconnected:
		return nil, storeState(s, state)
	}
	s.connection = connection{to: types.ConnectionStateTypeDisconnected, at: c.now.Add(disconnectingTime)}
	if s.proxy.connectivity == types.XksProxyConnectivityTypePublicEndpoint {
		s.connection.at = c.now
	}
	return &kms.DisconnectCustomKeyStoreOutput{}, nil
}

// deleteCustomKeyStore answers DeleteCustomKeyStore.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html
func deleteCustomKeyStore(c *call, in *kms.DeleteCustomKeyStoreInput) (*kms.DeleteCustomKeyStoreOutput, error) {
	c.lock()
	defer c.unlock()
	s, err := c.findStore(*in.CustomKeyStoreId)
	if err != nil {
		return nil, err
	}
	if state := s.state(c.now); state != types.ConnectionStateTypeDisconnected {
		return nil, storeState(s, state)
	}
	if len(s.keys) > 0 {
		return nil, storeHasKeys(s)
	}
	c.home.stores.Delete(s.id)
	return &kms.DeleteCustomKeyStoreOutput{}, nil
}

// describeCustomKeyStores answers DescribeCustomKeyStores: all of the account and
// Region by their ids, or one.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeCustomKeyStores.html
func describeCustomKeyStores(c *call, in *kms.DescribeCustomKeyStoresInput) (*kms.DescribeCustomKeyStoresOutput, error) {
	if in.CustomKeyStoreId != nil && in.CustomKeyStoreName != nil {
		return nil, storeNamedTwice()
	}
	limit, err := pageLimit(in.Limit, defaultStorePage, largestStorePage)
	if err != nil {
		return nil, err
	}
	after, err := c.position(in.Marker, "")
	if err != nil {
		return nil, err
	}
	c.rlock()
	defer c.runlock()
	var page []*keyStore
	next := ""
	switch {
	case in.CustomKeyStoreId != nil:
		s, err := c.findStore(*in.CustomKeyStoreId)
		if err != nil {
			return nil, err
		}
		page = []*keyStore{s}
	case in.CustomKeyStoreName != nil:
		s := c.home.storeNamed(*in.CustomKeyStoreName)
		if s == nil {
			return nil, noSuchKeyStore(*in.CustomKeyStoreName)
		}
		page = []*keyStore{s}
	default:
		page, next = pageAfter(&c.home.stores, after, limit)
	}
	out := &kms.DescribeCustomKeyStoresOutput{CustomKeyStores: make([]types.CustomKeyStoresListEntry, 0, len(page))}
	for _, s := range page {
		out.CustomKeyStores = append(out.CustomKeyStores, c.storeEntry(s))
	}
	out.NextMarker, out.Truncated = c.marker(next, "")
	return out, nil
}

// storeEntry is a custom key store as DescribeCustomKeyStores shows it. Password
// and secret access key are not shown.
func (c *call) storeEntry(s *keyStore) types.CustomKeyStoresListEntry {
	record := *s
	entry := types.CustomKeyStoresListEntry{
		CustomKeyStoreId:   &record.id,
		CustomKeyStoreName: &record.name,
		CustomKeyStoreType: record.kind,
		CreationDate:       &record.created,
		ConnectionState:    s.state(c.now),
	}
	if entry.ConnectionState == types.ConnectionStateTypeFailed {
		entry.ConnectionErrorCode = record.connection.failure
	}
	if record.kind == cloudHSM {
		entry.CloudHsmClusterId, entry.TrustAnchorCertificate = &record.cluster, &record.certificate
	} else {
		entry.XksProxyConfiguration = s.proxy.shown()
	}
	return entry
}

func (h *account) storeNamed(name string) *keyStore {
	return h.findStore(func(s *keyStore) bool { return s.name == name })
}

func (h *account) findStore(fits func(*keyStore) bool) (found *keyStore) {
	h.stores.Scan(func(_ string, s *keyStore) bool {
		if fits(s) {
			found = s
		}
		return found == nil
	})
	return found
}

// checkStoreName refuses a name that another custom key store has.
func (c *call) checkStoreName(name string, except *keyStore) error {
	if s := c.home.storeNamed(name); s != nil && s != except {
		return storeNameInUse(name)
	}
	return nil
}

// storeOf is the CloudHSM key store of a cluster, in whatever Region of the
// account, or nil. The lock must be held.
func (c *call) storeOf(cluster string) *keyStore {
	for _, r := range c.regions {
		if home := r.accounts[c.who.Account]; home != nil {
			if s := home.findStore(func(s *keyStore) bool { return s.cluster == cluster }); s != nil {
				return s
			}
		}
	}
	return nil
}
