package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// storeMember is a member of a request about a custom key store that is for one
// type of them.
type storeMember struct {
	name     string
	kind     types.CustomKeyStoreType
	set      bool
	required bool // of the type
	live     bool // can be changed while the custom key store is connected
}

const (
	cloudHSM      = types.CustomKeyStoreTypeAwsCloudhsm
	externalStore = types.CustomKeyStoreTypeExternalKeyStore
)

func creationMembers(in *kms.CreateCustomKeyStoreInput) []storeMember {
	return []storeMember{
		{name: "CloudHsmClusterId", kind: cloudHSM, set: in.CloudHsmClusterId != nil, required: true},
		{name: "KeyStorePassword", kind: cloudHSM, set: in.KeyStorePassword != nil, required: true},
		{name: "TrustAnchorCertificate", kind: cloudHSM, set: in.TrustAnchorCertificate != nil, required: true},
		{name: "XksProxyConnectivity", kind: externalStore, set: in.XksProxyConnectivity != "", required: true},
		{name: "XksProxyAuthenticationCredential", kind: externalStore, set: in.XksProxyAuthenticationCredential != nil, required: true},
		{name: "XksProxyUriEndpoint", kind: externalStore, set: in.XksProxyUriEndpoint != nil, required: true},
		{name: "XksProxyUriPath", kind: externalStore, set: in.XksProxyUriPath != nil, required: true},
		{name: "XksProxyVpcEndpointServiceName", kind: externalStore, set: in.XksProxyVpcEndpointServiceName != nil},
		{name: "XksProxyVpcEndpointServiceOwner", kind: externalStore, set: in.XksProxyVpcEndpointServiceOwner != nil},
	}
}

func updateMembers(in *kms.UpdateCustomKeyStoreInput) []storeMember {
	return []storeMember{
		{name: "CloudHsmClusterId", kind: cloudHSM, set: in.CloudHsmClusterId != nil},
		{name: "KeyStorePassword", kind: cloudHSM, set: in.KeyStorePassword != nil},
		{name: "XksProxyConnectivity", kind: externalStore, set: in.XksProxyConnectivity != ""},
		{name: "XksProxyAuthenticationCredential", kind: externalStore, set: in.XksProxyAuthenticationCredential != nil, live: true},
		{name: "XksProxyUriEndpoint", kind: externalStore, set: in.XksProxyUriEndpoint != nil},
		{name: "XksProxyUriPath", kind: externalStore, set: in.XksProxyUriPath != nil, live: true},
		{name: "XksProxyVpcEndpointServiceName", kind: externalStore, set: in.XksProxyVpcEndpointServiceName != nil},
		{name: "XksProxyVpcEndpointServiceOwner", kind: externalStore, set: in.XksProxyVpcEndpointServiceOwner != nil},
	}
}

// checkStoreMembers refuses members that are not for the type of custom key store,
// and the lack of those that it requires.
func checkStoreMembers(kind types.CustomKeyStoreType, members []storeMember) error {
	for _, m := range members {
		switch {
		case m.set && m.kind != kind:
			return memberNotForStore(m.name, kind)
		case m.required && !m.set && m.kind == kind:
			return memberForStore(m.name, kind)
		}
	}
	return nil
}
