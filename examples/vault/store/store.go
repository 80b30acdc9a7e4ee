// Package store keeps the secrets of many tenants in one file, by envelope
// encryption: every secret is sealed under a data key of its own, and the data
// key is kept beside it, encrypted by the tenant's KMS key.
//
// A tenant's KMS key is the one that alias/vault/TENANT refers to. When that
// alias is pointed at another key, new secrets go to the new key, old ones open
// as before, and [Store.Rewrap] takes the old ones along.
package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// KMS is what a store needs of AWS KMS. [*kms.Client] has it.
type KMS interface {
	GenerateDataKey(context.Context, *kms.GenerateDataKeyInput, ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error)
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
	ReEncrypt(context.Context, *kms.ReEncryptInput, ...func(*kms.Options)) (*kms.ReEncryptOutput, error)
}

var (
	// ErrNotFound says that the store has no such secret.
	ErrNotFound = errors.New("no such secret")
	// ErrAltered says that a record is not what was sealed for this tenant and
	// name: the file was changed by something else.
	ErrAltered = errors.New("the record was altered")
	// ErrName says that the name of a tenant or a secret is not a legal one.
	ErrName = errors.New("illegal name")
)

const maxNameBytes = 256

var tenantPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Store is the secrets of one file. It is safe for concurrent use; the file
// belongs to one store at a time.
type Store struct {
	kms  KMS
	path string
	sync func(*os.File) error

	mu      sync.RWMutex
	tenants tenants // replaced as a whole, never changed in place
}

// Open reads the file at path, or starts an empty store if there is none. The
// first change writes the file.
func Open(path string, client KMS) (*Store, error) {
	tenants, err := read(path)
	if err != nil {
		return nil, err
	}
	return &Store{kms: client, path: path, sync: (*os.File).Sync, tenants: tenants}, nil
}

// Alias is the name of the alias of a tenant's KMS key.
func Alias(tenant string) string { return "alias/vault/" + tenant }

// Put keeps a secret, in place of one that has the same name. It is in the file
// when Put returns nil; after an error the store is what it was. A tenant is
// named by 1 to 64 letters, digits, hyphens and underscores, a secret by 1 to
// 256 bytes of UTF-8.
func (s *Store) Put(ctx context.Context, tenant, name string, secret []byte) error {
	if err := checkNames(tenant, name); err != nil {
		return err
	}
	key, err := s.kms.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId:             aws.String(Alias(tenant)),
		KeySpec:           types.DataKeySpecAes256,
		EncryptionContext: encryptionContext(tenant, name),
	})
	if err != nil {
		return fmt.Errorf("data key for secret %q of %s: %w", name, tenant, err)
	}
	defer clear(key.Plaintext)
	sealed, err := seal(key.Plaintext, tenant, name, secret)
	if err != nil {
		return fmt.Errorf("seal secret %q of %s: %w", name, tenant, err)
	}
	return s.change(func(t tenants) {
		if t[tenant] == nil {
			t[tenant] = map[string]record{}
		}
		t[tenant][name] = record{Key: aws.ToString(key.KeyId), DataKey: key.CiphertextBlob, Sealed: sealed}
	})
}

// Get returns a secret; the bytes are the caller's. Its errors are [ErrNotFound],
// [ErrAltered] and what KMS answers.
func (s *Store) Get(ctx context.Context, tenant, name string) ([]byte, error) {
	r, ok := s.record(tenant, name)
	if !ok {
		return nil, fmt.Errorf("secret %q of %s: %w", name, tenant, ErrNotFound)
	}
	// The record's key is named, so that KMS refuses a data key that was
	// encrypted under any other. It is the record's and not the alias: the alias
	// may refer to a newer key by now.
	key, err := s.kms.Decrypt(ctx, &kms.DecryptInput{
		KeyId:             aws.String(r.Key),
		CiphertextBlob:    r.DataKey,
		EncryptionContext: encryptionContext(tenant, name),
	})
	if err != nil {
		return nil, fmt.Errorf("data key of secret %q of %s: %w", name, tenant, err)
	}
	defer clear(key.Plaintext)
	secret, err := open(key.Plaintext, tenant, name, r.Sealed)
	if err != nil {
		return nil, fmt.Errorf("secret %q of %s: %w", name, tenant, err)
	}
	return secret, nil
}

// Delete forgets a secret, or answers [ErrNotFound].
func (s *Store) Delete(tenant, name string) error {
	if _, ok := s.record(tenant, name); !ok {
		return fmt.Errorf("secret %q of %s: %w", name, tenant, ErrNotFound)
	}
	return s.change(func(t tenants) {
		delete(t[tenant], name)
		if len(t[tenant]) == 0 {
			delete(t, tenant)
		}
	})
}

// Names lists the secrets of a tenant, sorted.
func (s *Store) Names(tenant string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.tenants[tenant]))
}

// KeyOf is the ARN of the KMS key that a secret is under, or "" if there is no
// such secret.
func (s *Store) KeyOf(tenant, name string) string {
	r, _ := s.record(tenant, name)
	return r.Key
}

// Rewrap puts all secrets of a tenant under the KMS key that the tenant's alias
// refers to when the first is moved, and tells how many were under another one.
// KMS re-encrypts the data keys; neither they nor the secrets are seen here.
// Either all are moved, to that one key, or, on an error, none.
func (s *Store) Rewrap(ctx context.Context, tenant string) (int, error) {
	s.mu.RLock()
	old := maps.Clone(s.tenants[tenant])
	s.mu.RUnlock()

	moved := map[string]record{}
	destination := Alias(tenant)
	for _, name := range slices.Sorted(maps.Keys(old)) {
		r := old[name]
		out, err := s.kms.ReEncrypt(ctx, &kms.ReEncryptInput{
			CiphertextBlob:               r.DataKey,
			SourceKeyId:                  aws.String(r.Key),
			SourceEncryptionContext:      encryptionContext(tenant, name),
			DestinationKeyId:             aws.String(destination),
			DestinationEncryptionContext: encryptionContext(tenant, name),
		})
		if err != nil {
			return 0, fmt.Errorf("re-encrypt the data key of secret %q of %s: %w", name, tenant, err)
		}
		// The alias may be pointed elsewhere meanwhile: the others follow the first.
		destination = aws.ToString(out.KeyId)
		if key := destination; key != r.Key {
			moved[name] = record{Key: key, DataKey: out.CiphertextBlob, Sealed: r.Sealed}
		}
	}
	if len(moved) == 0 {
		return 0, nil
	}
	count := 0
	err := s.change(func(t tenants) {
		for name, r := range moved {
			// A secret that was put or deleted meanwhile is left as it is.
			if now, ok := t[tenant][name]; ok && now.same(old[name]) {
				t[tenant][name] = r
				count++
			}
		}
	})
	if err != nil {
		return 0, err
	}
	return count, nil
}

func (s *Store) record(tenant, name string) (record, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.tenants[tenant][name]
	return r, ok
}

// change edits a copy, writes it, and only then makes it the store's.
func (s *Store) change(edit func(tenants)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.tenants.clone()
	edit(next)
	if err := write(s.path, next, s.sync); err != nil {
		return err
	}
	s.tenants = next
	return nil
}

func checkNames(tenant, name string) error {
	if !tenantPattern.MatchString(tenant) {
		return fmt.Errorf("tenant %q: %w", tenant, ErrName)
	}
	if name == "" || len(name) > maxNameBytes || !utf8.ValidString(name) {
		return fmt.Errorf("secret %q: %w", name, ErrName)
	}
	return nil
}

// encryptionContext ties a data key to the one secret that it is for. It is
// public: CloudTrail logs it.
func encryptionContext(tenant, name string) map[string]string {
	return map[string]string{"tenant": tenant, "secret": name}
}
