package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// proxy is how AWS KMS reaches the external key store proxy of an external key
// store.
type proxy struct {
	accessKeyID  string
	connectivity types.XksProxyConnectivityType
	endpoint     string
	path         string

	// The VPC endpoint service, if connectivity is by one.
	service, owner string
}

func proxyOf(in *kms.CreateCustomKeyStoreInput, account string) proxy {
	p := proxy{
		accessKeyID:  *in.XksProxyAuthenticationCredential.AccessKeyId,
		connectivity: in.XksProxyConnectivity,
		endpoint:     *in.XksProxyUriEndpoint,
		path:         *in.XksProxyUriPath,
	}
	p.setService(in.XksProxyVpcEndpointServiceName, in.XksProxyVpcEndpointServiceOwner)
	if p.service != "" && p.owner == "" {
		p.owner = account
	}
	return p
}

func (p *proxy) setService(name, owner *string) {
	if name != nil {
		p.service = *name
	}
	if owner != nil {
		p.owner = *owner
	}
}

func (p *proxy) byVPC() bool {
	return p.connectivity == types.XksProxyConnectivityTypeVpcEndpointService
}

// check says what does not fit the connectivity.
func (p *proxy) check() error {
	switch {
	case p.byVPC() && p.service == "":
		return memberForConnectivity("XksProxyVpcEndpointServiceName", p.connectivity)
	case !p.byVPC() && p.service != "":
		return memberNotForConnectivity("XksProxyVpcEndpointServiceName", p.connectivity)
	case !p.byVPC() && p.owner != "":
		return memberNotForConnectivity("XksProxyVpcEndpointServiceOwner", p.connectivity)
	}
	return nil
}

// checkProxy refuses a proxy of which another external key store of the account
// and Region has what must be its own: endpoint and path together, the endpoint
// if either is the private DNS name of a VPC endpoint service, and that service.
func (h *account) checkProxy(p *proxy, except *keyStore) (err error) {
	if p.endpoint == "" {
		return nil
	}
	h.stores.Scan(func(_ string, s *keyStore) bool {
		other := &s.proxy
		switch {
		case s == except, other.endpoint == "":
		case other.endpoint == p.endpoint && other.path == p.path:
			err = proxyURIInUse(p.endpoint + p.path)
		case other.endpoint == p.endpoint && (other.byVPC() || p.byVPC()):
			err = proxyEndpointInUse(p.endpoint)
		case p.service != "" && other.service == p.service:
			err = proxyServiceInUse(p.service)
		}
		return err == nil
	})
	return err
}

// shown is the proxy as DescribeCustomKeyStores shows it, in new memory.
func (p proxy) shown() *types.XksProxyConfigurationType {
	shown := &types.XksProxyConfigurationType{
		AccessKeyId:  &p.accessKeyID,
		Connectivity: p.connectivity,
		UriEndpoint:  &p.endpoint,
		UriPath:      &p.path,
	}
	if p.byVPC() {
		shown.VpcEndpointServiceName, shown.VpcEndpointServiceOwner = &p.service, &p.owner
	}
	return shown
}
