// Package wire speaks the protocol of AWS KMS: AWS JSON 1.1 in and out, the
// identity in a SigV4 signature, and HTTP around both.
//
// [NewHandler] serves a [Backend] over HTTP and [NewTransport] serves it to an
// SDK client in the same process, with no socket and no goroutine. One encoder
// and one decoder, which follow the SDK's schemas, serve every operation.
//
// The package knows nothing of what the operations do.
package wire

//go:generate go run gen.go
