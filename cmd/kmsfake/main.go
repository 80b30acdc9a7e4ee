// Command kmsfake serves an AWS KMS that lives in memory, for tests in any
// language:
//
//	go run ./cmd/kmsfake [-addr 127.0.0.1:4566] [-region us-east-1] [-account 111122223333] [-seed n] [-keys file] [-faults file]
//
// It says how to point the AWS CLI and the SDKs at it, writes a line a call to
// its standard error, and stops on SIGINT and SIGTERM. Whatever credentials a
// client has will do.
//
// Beside AWS KMS it serves, for tests that run in another process:
//
//	GET  /_kmsfake/health   whether it is up, and what it is
//	POST /_kmsfake/advance  moves the time by the body: a duration such as 192h, or seconds
//	POST /_kmsfake/reset    goes back to the start, with the keys and faults of the files
//	GET  /_kmsfake/dump     the state as text
//	GET  /_kmsfake/calls    the calls so far as JSON, with what was encrypted and decrypted
//	GET, PUT, DELETE /_kmsfake/faults  shows, replaces and removes the faults, as JSON
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/kmsfake/internal/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := server.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
