// Package material is key material: real cryptography behind small interfaces.
//
// [Derive] makes key material from a seed, [Parse] from what a caller imports;
// [ParsePublic] reads a public key alone.
// What the material can do is found by type assertion to [Cipher], [Encrypter],
// [Signer], [Mac], [Agreement], [KEM] and [Public].
//
// Material is immutable and safe for concurrent use. It keeps no slice that it
// is given and hands out none that it keeps. Lengths are in bytes.
//
// RSA keys are built from a pool of published primes so that they cost
// milliseconds: such keys are for tests alone.
package material
