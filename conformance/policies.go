package conformance

import "strings"

// accountPolicy is a key policy that leaves all to the account's IAM policies.
const accountPolicy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "{root}"}, "Action": "kms:*", "Resource": "*"}]}`

// defaultPolicy is the key policy of a key that was made without one.
const defaultPolicy = `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "{root}"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`

func policies() []Scenario {
	return []Scenario{
		{
			Name: "the default key policy",
			Fact: api("GetKeyPolicy"),
			Calls: []Call{
				newKey("key", nil),
				answers("GetKeyPolicy", m{"KeyId": "{key}", "PolicyName": "default"}, m{"Policy": defaultPolicy, "PolicyName": "default"}),
				answers("GetKeyPolicy", m{"KeyId": "{key.arn}"}, m{"Policy": defaultPolicy, "PolicyName": "default"}),
			},
		},
		{
			Name: "a key policy is kept as it was put",
			Fact: api("PutKeyPolicy"),
			Calls: []Call{
				newKey("key", nil),
				answers("PutKeyPolicy", m{"KeyId": "{key}", "PolicyName": "default", "Policy": accountPolicy}, m{}),
				answers("GetKeyPolicy", m{"KeyId": "{key}"}, m{"Policy": accountPolicy, "PolicyName": "default"}),
			},
		},
		{
			Name: "a key is made with a key policy",
			Fact: api("CreateKey"),
			Calls: []Call{
				newKey("key", m{"Policy": accountPolicy}),
				answers("GetKeyPolicy", m{"KeyId": "{key}"}, m{"Policy": accountPolicy, "PolicyName": "default"}),
			},
		},
		{
			Name: "the only policy is default",
			Fact: api("ListKeyPolicies"),
			Calls: []Call{
				newKey("key", nil),
				answers("ListKeyPolicies", m{"KeyId": "{key}"}, m{"PolicyNames": []string{"default"}, "Truncated": false}),
			},
		},
		{
			Name: "no policy of another name",
			Fact: guessed("an emulator answers so"),
			Calls: []Call{
				newKey("key", nil),
				fails("GetKeyPolicy", m{"KeyId": "{key}", "PolicyName": "other"}, "NotFoundException", "No such policy exists"),
				fails("PutKeyPolicy", m{"KeyId": "{key}", "PolicyName": "other", "Policy": accountPolicy}, "NotFoundException", "No such policy exists"),
			},
		},
		{
			Name: "a key policy of more than 32 KiB",
			Fact: api("PutKeyPolicy"),
			Calls: []Call{
				newKey("key", nil),
				failsLike("PutKeyPolicy", m{"KeyId": "{key}", "Policy": accountPolicy + strings.Repeat(" ", 32<<10)}, "LimitExceededException", "Key policy size quota is 32768 bytes."),
			},
		},
		{
			Name: "a key policy that locks its author out",
			Fact: reported("PutKeyPolicy and CreateKey"),
			Calls: []Call{
				newKey("key", nil),
				fails("PutKeyPolicy", m{"KeyId": "{key}", "Policy": nobodysPolicy}, "MalformedPolicyDocumentException", lockedOut),
				answers("GetKeyPolicy", m{"KeyId": "{key}"}, m{"Policy": defaultPolicy, "PolicyName": "default"}),
				fails("CreateKey", m{"Policy": nobodysPolicy}, "MalformedPolicyDocumentException", lockedOut),
			},
		},
		{
			Name: "a key policy with a principal that there is not",
			Fact: reported("PutKeyPolicy"),
			Calls: []Call{
				newKey("key", nil),
				fails("PutKeyPolicy", m{"KeyId": "{key}", "Policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "nobody"}, "Action": "kms:*", "Resource": "*"}]}`},
					"MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."),
			},
		},
		{
			Name: "a key policy that is no JSON",
			Fact: api("PutKeyPolicy"),
			Calls: []Call{
				newKey("key", nil),
				Call{
					Operation: "PutKeyPolicy", Input: m{"KeyId": "{key}", "Policy": "no JSON"},
					Refusal: &Refusal{Code: "MalformedPolicyDocumentException", Message: "", WordsGuessed: true},
				},
			},
		},
	}
}

// nobodysPolicy lets the account's principals look at the key, and no more.
const nobodysPolicy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "{root}"}, "Action": "kms:DescribeKey", "Resource": "*"}]}`

const lockedOut = "The new key policy will not allow you to update the key policy in the future."
