package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// fileVersion is the form of the file. A file of another version is refused
// rather than guessed at.
const fileVersion = 1

// tenants holds the records by tenant and name.
type tenants map[string]map[string]record

// record is one secret as the file has it. Its slices are never changed.
type record struct {
	Key     string `json:"kms_key"`  // the ARN of the KMS key that DataKey is encrypted under
	DataKey []byte `json:"data_key"` // the data key, encrypted by KMS
	Sealed  []byte `json:"sealed"`   // the secret, encrypted under the data key
}

func (r record) same(o record) bool {
	return r.Key == o.Key && bytes.Equal(r.DataKey, o.DataKey) && bytes.Equal(r.Sealed, o.Sealed)
}

type file struct {
	Version int     `json:"version"`
	Tenants tenants `json:"tenants"`
}

func (t tenants) clone() tenants {
	c := make(tenants, len(t))
	for tenant, records := range t {
		c[tenant] = maps.Clone(records)
	}
	return c
}

func read(path string) (tenants, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return tenants{}, nil
	}
	if err != nil {
		return nil, err
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("%s is not a vault: %w", path, err)
	}
	if f.Version != fileVersion {
		return nil, fmt.Errorf("%s is a vault of version %d, this program reads version %d", path, f.Version, fileVersion)
	}
	for tenant, records := range f.Tenants {
		if records == nil {
			return nil, fmt.Errorf("%s is not a vault: tenant %q has no records", path, tenant)
		}
		for name := range records {
			if err := checkNames(tenant, name); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	if f.Tenants == nil {
		f.Tenants = tenants{}
	}
	return f.Tenants, nil
}

// write replaces the file as a whole: a reader, or a crash at any moment, sees
// either the old file or the new one.
func write(path string, t tenants, sync func(*os.File) error) (err error) {
	data, err := json.MarshalIndent(file{Version: fileVersion, Tenants: t}, "", "  ")
	if err != nil {
		return err
	}
	// CreateTemp makes a file that only its owner may read.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(append(data, '\n'))
	if err == nil {
		// Without it the rename can reach the disk before what the file holds.
		err = sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
