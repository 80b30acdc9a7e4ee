// Package keywrap wraps key material for ImportKeyMaterial and unwraps it: the
// wrapping algorithms of AWS KMS, which of them a partition offers with which
// wrapping key, and which may carry which key.
//
// The package keeps no state. All functions are safe for concurrent use, and
// nothing they return shares memory with what they were given.
package keywrap
