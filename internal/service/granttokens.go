package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// A grant token names its grant, and proves that CreateGrant made it. It holds
// the grant id, something that makes it unlike all others, and a sum; its form is
// this service's own, as AWS's is AWS's.

const (
	tokenGrant = 32 // bytes of the grant id
	tokenNonce = 16
	tokenSum   = 32
)

// grantToken makes a new token of a grant.
func (c *call) grantToken(g *grant) string {
	token := make([]byte, 0, tokenGrant+tokenNonce+tokenSum)
	token, _ = hex.AppendDecode(token, []byte(g.id))
	token = token[:tokenGrant+tokenNonce]
	c.entropy.Read(token[tokenGrant:])
	token = append(token, c.tokenSum(token)...)
	return base64.RawURLEncoding.EncodeToString(token)
}

// readToken is the id of the grant that a token is of.
func (c *call) readToken(token string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenGrant+tokenNonce+tokenSum {
		return "", invalidGrantToken()
	}
	body, sum := raw[:tokenGrant+tokenNonce], raw[tokenGrant+tokenNonce:]
	if !hmac.Equal(sum, c.tokenSum(body)) {
		return "", invalidGrantToken()
	}
	return hex.EncodeToString(body[:tokenGrant]), nil
}

func (c *call) tokenSum(body []byte) []byte {
	secret := c.entropy.derive("grant token", "", 0)
	h := hmac.New(sha256.New, secret[:])
	h.Write(body)
	return h.Sum(nil)
}

// readTokens reads the grant tokens of a request. One of a grant that is over is
// no error, and no help.
func (c *call) readTokens(tokens []string) error {
	for _, token := range tokens {
		id, err := c.readToken(token)
		if err != nil {
			return err
		}
		c.tokens = append(c.tokens, id)
	}
	return nil
}

// wellFormedGrantID says whether a grant id has the form of one.
func wellFormedGrantID(id string) bool { return len(id) == 64 && allHex(id) }
