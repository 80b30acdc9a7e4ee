package service

// Caller is who calls, and where. It is immutable once it is in use.
type Caller struct {
	Account   string
	Region    string
	Principal string // ARN
}
