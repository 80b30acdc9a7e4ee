package service

import (
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// originOf is where the key material of a new key shall come from. The words of
// what is refused here are guesses; that it is refused is documented.
func originOf(in *kms.CreateKeyInput, spec *keyspec.Spec) (types.OriginType, error) {
	origin := in.Origin
	if origin == "" {
		origin = types.OriginTypeAwsKms
	}
	stored := inKeyStore(origin)
	switch {
	case stored && spec.Family != keyspec.Symmetric,
		origin == types.OriginTypeExternal && !spec.Importable:
		return "", originNotCompatible(origin, spec.Name)
	case stored && isSet(in.MultiRegion), isSet(in.MultiRegion) && !spec.MultiRegion:
		return "", unsupported("Multi-Region keys are not supported with Origin " + string(origin) + " and KeySpec " + string(spec.Name) + ".")
	case stored && in.CustomKeyStoreId == nil:
		return "", memberForOrigin("CustomKeyStoreId", origin)
	case !stored && in.CustomKeyStoreId != nil:
		return "", memberNotForOrigin("CustomKeyStoreId", origin)
	case origin == types.OriginTypeExternalKeyStore && in.XksKeyId == nil:
		return "", memberForOrigin("XksKeyId", origin)
	case origin != types.OriginTypeExternalKeyStore && in.XksKeyId != nil:
		return "", memberNotForOrigin("XksKeyId", origin)
	}
	return origin, nil
}

// inKeyStore says whether an origin is a custom key store.
func inKeyStore(origin types.OriginType) bool {
	return origin == types.OriginTypeAwsCloudhsm || origin == types.OriginTypeExternalKeyStore
}

func originNotCompatible(origin types.OriginType, spec types.KeySpec) error {
	return unsupported("Origin " + string(origin) + " is not compatible with KeySpec " + string(spec) + ".")
}

func memberForOrigin(member string, origin types.OriginType) error {
	return validation(member + " is required when Origin is " + string(origin) + ".")
}

func memberNotForOrigin(member string, origin types.OriginType) error {
	return validation(member + " is not valid when Origin is " + string(origin) + ".")
}
