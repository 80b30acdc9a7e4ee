package store

import "os"

// WithoutSync makes a store not wait for the disk, for tests that write
// thousands of files.
func WithoutSync(s *Store) *Store {
	FailSync(s, nil)
	return s
}

// FailSync makes every wait for the disk answer err at once.
func FailSync(s *Store, err error) {
	s.sync = func(*os.File) error { return err }
}
