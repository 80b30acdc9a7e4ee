package service

import (
	"encoding/base32"
	"encoding/base64"
	"sync"
)

// AccessKey is a long-term access key of a principal.
type AccessKey struct {
	ID     string
	Secret string
}

// accessKeys are the access keys that were handed out. They belong to one AWS.
type accessKeys struct {
	mu   sync.RWMutex
	byID map[string]issued
	of   map[any]AccessKey // by what keyHolder says
}

type issued struct {
	secret   string
	identity *Identity
}

// AccessKey hands out the access key of a principal, the same at every call.
func (a *AWS) AccessKey(who *Identity) AccessKey {
	keys := &a.accessKeys
	keys.mu.Lock()
	defer keys.mu.Unlock()
	holder := who.keyHolder()
	if key, ok := keys.of[holder]; ok {
		return key
	}
	if keys.of == nil {
		keys.of = map[any]AccessKey{}
		keys.byID = map[string]issued{}
	}
	drawn := a.entropy.derive("access key", who.ARN, uint64(len(keys.of)))
	secret := a.entropy.derive("secret access key", who.ARN, uint64(len(keys.of)))
	key := AccessKey{
		ID:     "AKIA" + base32.StdEncoding.EncodeToString(drawn[:10]),
		Secret: base64.StdEncoding.EncodeToString(secret[:30]),
	}
	keys.of[holder] = key
	keys.byID[key.ID] = issued{key.Secret, who}
	return key
}

// keyHolder is what an access key belongs to: an identity, but administrators of an
// account are all one, however often a handle for them is made.
func (who *Identity) keyHolder() any {
	if who.administrator && len(who.conditions) == 0 {
		return who.ARN
	}
	return who
}

// Authenticate finds the principal whose access key was handed out under an id,
// and the secret that goes with it.
func (a *AWS) Authenticate(accessKeyID string) (who *Identity, secret string, ok bool) {
	a.accessKeys.mu.RLock()
	defer a.accessKeys.mu.RUnlock()
	key, ok := a.accessKeys.byID[accessKeyID]
	return key.identity, key.secret, ok
}
