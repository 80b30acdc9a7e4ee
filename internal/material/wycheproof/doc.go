// Package wycheproof holds the key material of the fake against the test
// vectors of Project Wycheproof. It is a module of its own, so that who imports
// the fake does not get the vectors too.
package wycheproof
