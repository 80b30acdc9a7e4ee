package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// updateCustomKeyStore answers UpdateCustomKeyStore. Members that are not set are
// left as they are.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html
func updateCustomKeyStore(c *call, in *kms.UpdateCustomKeyStoreInput) (*kms.UpdateCustomKeyStoreOutput, error) {
	c.lock()
	defer c.unlock()
	s, err := c.findStore(*in.CustomKeyStoreId)
	if err != nil {
		return nil, err
	}
	members := updateMembers(in)
	if err := checkStoreMembers(s.kind, members); err != nil {
		return nil, err
	}
	if err := c.checkStoreState(s, members); err != nil {
		return nil, err
	}
	name, cluster := s.name, s.cluster
	if in.NewCustomKeyStoreName != nil {
		name = *in.NewCustomKeyStoreName
		if err := c.checkStoreName(name, s); err != nil {
			return nil, err
		}
	}
	if in.CloudHsmClusterId != nil {
		cluster = *in.CloudHsmClusterId
		// Clusters of two custom key stores share no backup history.
		if other := c.storeOf(cluster); other != nil && other != s {
			return nil, clusterNotRelated(cluster)
		}
	}
	changed, err := s.proxy.with(in, c.who.Account)
	if err != nil {
		return nil, err
	}
	if err := c.home.checkProxy(&changed, s); err != nil {
		return nil, err
	}
	s.name, s.cluster, s.proxy = name, cluster, changed
	return &kms.UpdateCustomKeyStoreOutput{}, nil
}

// checkStoreState refuses to change what can only be changed in another connection
// state.
func (c *call) checkStoreState(s *keyStore, members []storeMember) error {
	switch state := s.state(c.now); state {
	case types.ConnectionStateTypeDisconnected:
		return nil
	case types.ConnectionStateTypeConnected:
		for _, m := range members {
			if m.set && !m.live {
				return storeState(s, state)
			}
		}
		return nil
	default:
		return storeState(s, state)
	}
}

// with is the proxy as a request changes it. Another connectivity needs another
// endpoint and, if it is by a VPC endpoint service, the name of one.
func (p proxy) with(in *kms.UpdateCustomKeyStoreInput, account string) (proxy, error) {
	if other := in.XksProxyConnectivity; other != "" && other != p.connectivity {
		if in.XksProxyUriEndpoint == nil {
			return p, memberForConnectivity("XksProxyUriEndpoint", other)
		}
		p.connectivity, p.service, p.owner = other, "", ""
		if p.byVPC() {
			p.owner = account
		}
	}
	if in.XksProxyAuthenticationCredential != nil {
		p.accessKeyID = *in.XksProxyAuthenticationCredential.AccessKeyId
	}
	if in.XksProxyUriEndpoint != nil {
		p.endpoint = *in.XksProxyUriEndpoint
	}
	if in.XksProxyUriPath != nil {
		p.path = *in.XksProxyUriPath
	}
	p.setService(in.XksProxyVpcEndpointServiceName, in.XksProxyVpcEndpointServiceOwner)
	return p, p.check()
}
