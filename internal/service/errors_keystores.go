package service

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Custom key stores. The types are documented unless a comment says otherwise,
// the words are guesses.

func noSuchKeyStore(id string) error {
	return &types.CustomKeyStoreNotFoundException{Message: text("Custom key store %s does not exist.", id)}
}

func storeState(s *keyStore, state types.ConnectionStateType) error {
	return &types.CustomKeyStoreInvalidStateException{
		Message: text("The connection state of custom key store %s is %s which is not valid for this operation.", s.id, state),
	}
}

func storeHasKeys(s *keyStore) error {
	return &types.CustomKeyStoreHasCMKsException{Message: text("Custom key store %s contains KMS keys.", s.id)}
}

func storeNameInUse(name string) error {
	return &types.CustomKeyStoreNameInUseException{Message: text("A custom key store with the name %s already exists.", name)}
}

// storeNamedTwice: that it is refused is documented.
func storeNamedTwice() error {
	return validation("You can specify either CustomKeyStoreId or CustomKeyStoreName, but not both.")
}

func tooManyStores(quota, usage int) error {
	return &types.LimitExceededException{
		Message: text("Custom key stores quota for this account in this region is %d, current usage is %d.", quota, usage),
	}
}

func clusterInUse(cluster string) error {
	return &types.CloudHsmClusterInUseException{Message: text("CloudHSM cluster %s is already associated with a custom key store.", cluster)}
}

func clusterNotRelated(cluster string) error {
	return &types.CloudHsmClusterNotRelatedException{Message: text("CloudHSM cluster %s does not share a backup history with the original cluster.", cluster)}
}

// memberForStore and its kin: that these are refused is documented.

func memberForStore(member string, kind types.CustomKeyStoreType) error {
	return validation(fmt.Sprintf("%s is required when CustomKeyStoreType is %s.", member, kind))
}

func memberNotForStore(member string, kind types.CustomKeyStoreType) error {
	return validation(fmt.Sprintf("%s is not valid when CustomKeyStoreType is %s.", member, kind))
}

func memberForConnectivity(member string, connectivity types.XksProxyConnectivityType) error {
	return validation(fmt.Sprintf("%s is required when XksProxyConnectivity is %s.", member, connectivity))
}

func memberNotForConnectivity(member string, connectivity types.XksProxyConnectivityType) error {
	return validation(fmt.Sprintf("%s is not valid when XksProxyConnectivity is %s.", member, connectivity))
}

func proxyURIInUse(uri string) error {
	return &types.XksProxyUriInUseException{Message: text("The proxy URI %s is already associated with another external key store.", uri)}
}

func proxyEndpointInUse(endpoint string) error {
	return &types.XksProxyUriEndpointInUseException{Message: text("The proxy URI endpoint %s is already associated with another external key store.", endpoint)}
}

func proxyServiceInUse(service string) error {
	return &types.XksProxyVpcEndpointServiceInUseException{Message: text("The VPC endpoint service %s is already associated with another external key store.", service)}
}

func externalKeyInUse(id string) error {
	return &types.XksKeyAlreadyInUseException{Message: text("The external key %s is already associated with another KMS key in this external key store.", id)}
}

// originNotOfStore: that it is refused follows from the documentation, the type is
// a guess.
func originNotOfStore(origin types.OriginType, s *keyStore) error {
	return unsupported(fmt.Sprintf("Origin %s is not valid for custom key store %s of type %s.", origin, s.id, s.kind))
}

func randomOfExternalStore(id string) error {
	return unsupported(fmt.Sprintf("%s is an external key store, which is not valid for this operation.", id))
}
