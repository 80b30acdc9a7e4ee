module example.com/kmsfake/internal/material/wycheproof

go 1.26.4

require (
	example.com/kmsfake v0.0.0
	github.com/aws/aws-sdk-go-v2/service/kms v1.62.4
	github.com/c2sp/wycheproof v0.0.0-20260902155932-3fa63dd0344a
)

require (
	filippo.io/mldsa v1.0.0 // indirect
	github.com/aws/smithy-go v1.28.8 // indirect
	github.com/cloudflare/circl v1.6.5 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.4.1 // indirect
	github.com/emmansun/gmsm v0.15.5 // indirect
	golang.org/x/crypto v0.54.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace example.com/kmsfake => ../../..
