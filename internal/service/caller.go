package service

// Identity is a principal and what it may do. It is immutable once it is in use.
type Identity struct {
	Account string
	ARN     string
}

// Caller is who calls, and where. It is immutable once it is in use.
type Caller struct {
	*Identity
	Region string
}

// Partition is the partition of the caller's Region: aws, aws-cn or aws-us-gov.
func (c *Caller) Partition() string { return partitionOf(c.Region) }

// Administrator is a principal of an account who may do all that the account may.
func Administrator(account, region string) *Caller {
	return &Caller{
		Region: region,
		Identity: &Identity{
			Account: account,
			ARN:     "arn:" + partitionOf(region) + ":iam::" + account + ":user/kmsfake",
		},
	}
}

// In is the same principal in another Region.
func (c *Caller) In(region string) *Caller {
	return &Caller{Identity: c.Identity, Region: region}
}
