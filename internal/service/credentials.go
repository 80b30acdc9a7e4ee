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
	of   map[*Identity]AccessKey
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
	if key, ok := keys.of[who]; ok {
		return key
	}
	if keys.of == nil {
		keys.of = map[*Identity]AccessKey{}
		keys.byID = map[string]issued{}
	}
	drawn := a.entropy.derive("access key", who.ARN, uint64(len(keys.of)))
	secret := a.entropy.derive("secret access key", who.ARN, uint64(len(keys.of)))
	key := AccessKey{
		ID:     "AKIA" + base32.StdEncoding.EncodeToString(drawn[:10]),
		Secret: base64.StdEncoding.EncodeToString(secret[:30]),
	}
	keys.of[who] = key
	keys.byID[key.ID] = issued{key.Secret, who}
	return key
}

// Authenticate finds the principal whose access key was handed out under an id,
// and the secret that goes with it.
func (a *AWS) Authenticate(accessKeyID string) (who *Identity, secret string, ok bool) {
	a.accessKeys.mu.RLock()
	defer a.accessKeys.mu.RUnlock()
	key, ok := a.accessKeys.byID[accessKeyID]
	return key.identity, key.secret, ok
}
