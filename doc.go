// Package kmsfake is an AWS KMS in memory, for tests of Go code that uses the
// real one.
package kmsfake
