package service

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/iam"
	"example.com/kmsfake/internal/keyspec"
)

// AWS managed keys are what AWS services make in an account for themselves. A
// predefined AWS alias gets its key when a service, or anyone, describes it.

// managedKey is what is AWS's own in the AWS managed key of a service.
type managedKey struct {
	name     string // of the service, in the policy
	protects string // in the description
	endpoint string // of the service that uses the key
}

// managedKeys are the AWS managed keys by the end of their alias. The form of the
// description is AWS's; what some of them are said to protect is a guess.
var managedKeys = map[string]managedKey{
	"dynamodb":          {"Amazon DynamoDB", "DynamoDB data", "dynamodb"},
	"ebs":               {"EBS", "EBS volumes", "ec2"},
	"elasticfilesystem": {"EFS", "EFS filesystems", "elasticfilesystem"},
	"es":                {"Elasticsearch", "Elasticsearch data", "es"},
	"glue":              {"Glue", "Glue data", "glue"},
	"kinesisvideo":      {"Kinesis Video Streams", "Kinesis Video Streams data", "kinesisvideo"},
	"rds":               {"RDS", "RDS database volumes", "rds"},
	"redshift":          {"Redshift", "Redshift clusters", "redshift"},
	"s3":                {"S3", "S3 objects", "s3"},
	"ssm":               {"AWS SSM", "SSM parameters", "ssm"},
	"xray":              {"X-Ray", "X-Ray data", "xray"},
}

// managedRotation is the rotation of AWS managed keys: about every year.
const managedRotation = 365 // days

// makeManagedKey makes the AWS managed key of a predefined AWS alias of the
// caller's account, if the name means one that has no key yet and the caller may
// describe it.
func (c *call) makeManagedKey(name string) {
	if !strings.Contains(name, reservedPrefix) {
		return
	}
	ref, err := c.parse(name)
	if err != nil || !strings.HasPrefix(ref.alias, reservedPrefix) || ref.account != c.who.Account {
		return
	}
	c.lock()
	defer c.unlock()
	a, ok := c.home.aliases.Get(ref.alias)
	if !ok || a.target != nil {
		return
	}
	k, err := c.newManagedKey(a)
	if err != nil || c.authorize("kms:DescribeKey", k, k.arn) != nil {
		return
	}
	c.home.put(k)
	a.target, a.created, a.updated = k, k.created, k.created
	k.aliases.Set(a.name, a)
}

// newManagedKey is the AWS managed key behind an alias. Its id follows from the
// alias, so that making it changes the ids of no other keys.
func (c *call) newManagedKey(a *alias) (*key, error) {
	service := managedKeys[strings.TrimPrefix(a.name, reservedPrefix)]
	spec, _ := keyspec.Lookup(types.KeySpecSymmetricDefault)
	policy, err := iam.Parse(service.policy(c.home), iam.KeyPolicy)
	if err != nil {
		return nil, err
	}
	drawn := c.entropy.derive("AWS managed key", a.arn, 0)
	k := &key{
		account:     c.home,
		id:          uuid([16]byte(drawn[:16])),
		spec:        spec,
		usage:       types.KeyUsageTypeEncryptDecrypt,
		origin:      types.OriginTypeAwsKms,
		manager:     types.KeyManagerTypeAws,
		created:     stamp(c.now),
		description: "Default key that protects my " + service.protects + " when no other key is defined",
		enabled:     true,
		policy:      policy,
	}
	k.arn = c.home.arn("key/" + k.id)
	k.materials = c.newMaterials(k)
	k.materials.change(c.now, func(h *history) {
		h.period, h.next = managedRotation, k.created.AddDate(0, 0, managedRotation)
	})
	return k, nil
}

// policy lets the account's principals use the key through the service, and look
// at it themselves.
func (m managedKey) policy(h *account) string {
	domain := ".amazonaws.com"
	if h.region.partition == "aws-cn" {
		domain += ".cn"
	}
	return `{
  "Version" : "2012-10-17",
  "Id" : "auto-` + m.endpoint + `-2",
  "Statement" : [ {
    "Sid" : "Allow access through ` + m.name + ` for all principals in the account that are authorized to use ` + m.name + `",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:ViaService" : "` + m.endpoint + "." + h.region.name + domain + `",
        "kms:CallerAccount" : "` + h.id + `"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:` + h.region.partition + `:iam::` + h.id + `:root"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}`
}

// managedActions are what principals of the account may do with an AWS managed key
// at all; its policy, which nobody can change, says through what and when. Nobody
// manages the key but AWS, not even where nothing is authorized.
var managedActions = []string{
	"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair",
	"kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext", "kms:GetKeyLastUsage", "kms:GetKeyPolicy",
	"kms:GetKeyRotationStatus", "kms:GetParametersForImport", "kms:GetPublicKey", "kms:ListAliases", "kms:ListGrants", "kms:ListKeyPolicies",
	"kms:ListKeyRotations", "kms:ListResourceTags", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:RevokeGrant",
}

// checkManager refuses what nobody may do with an AWS managed key.
func (c *call) checkManager(action string, k *key) error {
	if k.manager != types.KeyManagerTypeAws || slices.Contains(managedActions, action) {
		return nil
	}
	c.why = "only AWS manages an AWS managed key"
	return notAllowed(c.who.ARN, action, "resource: "+k.arn, iam.NoResourceAllow)
}
