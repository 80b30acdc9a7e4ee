package service

import (
	"cmp"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake/internal/iam"
	"example.com/kmsfake/internal/keyspec"
)

// failure is what a caller gets of a fault's Error. An exception without a text
// gets AWS's own for the operation and the key.
func (c *call) failure(err error, in any) error {
	var forced *Forced
	if errors.As(err, &forced) {
		err = forced.Err
	}
	if kind, ok := err.(Kind); ok {
		return c.failureOf(kind, in)
	}
	exception, ok := asException(err)
	switch {
	case !ok:
		return &Loss{How: LossOther, Cause: err}
	case exception.ErrorMessage() != "":
		return cloneError(err)
	}
	name := exception.ErrorCode()
	if write := ownTexts[name]; write != nil {
		if text := write(c, c.subject(in)); text != "" {
			return withFault(NewException(name, text), exception.ErrorFault())
		}
	}
	return cloneError(err)
}

func (c *call) failureOf(kind Kind, in any) error {
	switch kind {
	case Throttled:
		return generic("ThrottlingException", throttlingText)
	case AccessDenied:
		return accessDenied(accessDeniedText(c, c.subject(in)))
	case ServiceUnavailable:
		return generic("ServiceUnavailable", unavailableText)
	case ConnectionReset:
		return &Loss{How: LossReset}
	case CorruptAnswer:
		return &Loss{How: LossCorrupt}
	default:
		return silence(c.ctx)
	}
}

const (
	throttlingText  = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
	unavailableText = "The request has failed due to a temporary failure of the server."
)

func accessDeniedText(c *call, s subject) string {
	action, resource := c.traits.action, "resource: "+cmp.Or(s.key, "*")
	if c.name == ReEncrypt.Name { // it asks for two permissions; this one first
		action = reEncryptFrom
	}
	if s.sealed {
		resource = sealedResource
	}
	return textOf(notAllowed(c.who.ARN, action, resource, iam.NoIdentityAllow))
}

// ownTexts write the texts that AWS gives its exceptions. An exception that is
// not here has none that is known, or really none.
var ownTexts = map[string]func(c *call, s subject) string{
	"AccessDeniedException": accessDeniedText,
	"AlreadyExistsException": func(_ *call, s subject) string {
		if s.alias == "" {
			return ""
		}
		return textOf(aliasExists(s.alias))
	},
	"DisabledException":         func(_ *call, s subject) string { return textOf(disabled(s.key)) },
	"DryRunOperationException":  func(*call, subject) string { return textOf(dryRunSucceeded()) },
	"ExpiredTokenException":     func(*call, subject) string { return "The security token included in the request is expired" },
	"IncorrectKeyException":     func(*call, subject) string { return textOf(incorrectKey()) },
	"InvalidAliasNameException": func(_ *call, s subject) string { return textOf(aliasCharacters(s.name)) },
	"InvalidArnException":       func(_ *call, s subject) string { return textOf(invalidARN(s.name)) },
	"InvalidKeyUsageException": func(c *call, s subject) string {
		usage := types.KeyUsageTypeSignVerify
		if right, _ := keyspec.UsageOf(c.name); right == usage {
			usage = types.KeyUsageTypeEncryptDecrypt
		}
		return textOf(usageNotValid(s.key, usage, c.name))
	},
	"InvalidMarkerException": func(*call, subject) string { return textOf(invalidMarker()) },
	"KMSInvalidStateException": func(c *call, s subject) string {
		if s.key == "" {
			return ""
		}
		if c.name == "CancelKeyDeletion" {
			return textOf(invalidState(s.key, "not pending deletion"))
		}
		return textOf(invalidState(s.key, stateWords[types.KeyStatePendingDeletion]))
	},
	"LimitExceededException": func(c *call, s subject) string {
		switch c.name {
		case CreateAlias.Name:
			return textOf(aliasesPerKey(c.quotas.AliasesPerKey, c.quotas.AliasesPerKey))
		case RotateKeyOnDemand.Name:
			return textOf(onDemandExhausted(s.key))
		}
		return ""
	},
	"MalformedPolicyDocumentException": func(*call, subject) string { return textOf(policyLocksOut()) },
	"NotFoundException":                notFoundText,
	"TagException":                     func(*call, subject) string { return textOf(tooManyTags()) },
	"ThrottlingException":              func(*call, subject) string { return throttlingText },
	"UnrecognizedClientException": func(*call, subject) string {
		return "The security token included in the request is invalid."
	},
}

func notFoundText(c *call, s subject) string {
	switch {
	case s.name == "":
		return ""
	case s.alias != "" && (c.traits.takesAliases || !s.found || c.name == "UpdateAlias" || c.name == "DeleteAlias"):
		return textOf(noSuchAlias(s.alias))
	case !s.known:
		return textOf(invalidKeyID(s.name))
	default:
		return textOf(noSuchKey(s.key))
	}
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	var exception smithy.APIError
	if errors.As(err, &exception) {
		return exception.ErrorMessage()
	}
	return ""
}
