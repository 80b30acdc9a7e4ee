package wire

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	service    = "kms"
	isoBasic   = "20060102T150405Z"
)

// A Credential is what a request says of who signed it, unproven.
type Credential struct {
	AccessKeyID   string
	Date          string // of the scope, YYYYMMDD
	Region        string
	Service       string
	SignedHeaders []string // lower case, sorted
	Signature     string   // hexadecimal
	SecurityToken string   // of X-Amz-Security-Token
	Time          time.Time
}

// ParseAuthorization reads the Authorization header of r, with the date and
// the security token beside it. A request without SigV4 in its header is a
// MissingAuthenticationTokenException; one whose header lacks a part or has
// one that cannot be read is an IncompleteSignatureException; one that is
// signed for another service is an InvalidSignatureException. A signature in
// the query string is not read: no SDK signs KMS requests so.
func ParseAuthorization(r *http.Request) (Credential, error) {
	var c Credential
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	if !strings.HasPrefix(header, "AWS4-") {
		return c, clientFault("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	params, err := parseParams(header)
	if err != nil {
		return c, err
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		date = r.Header.Get("Date")
	}
	if missing := params.missing(date); missing != "" {
		return c, incompleteSignature(missing + "Authorization=" + header)
	}
	if c.Time, err = parseDate(date); err != nil {
		return c, err
	}
	if params.algorithm != algorithm {
		return c, incompleteSignature(fmt.Sprintf("Unsupported AWS 'algorithm': '%s' (only %s for now). ", params.algorithm, algorithm))
	}
	scope := strings.Split(strings.TrimRight(params.credential, "/"), "/")
	if len(scope) != 5 {
		return c, incompleteSignature("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + params.credential + "'")
	}
	c.AccessKeyID, c.Date, c.Region, c.Service = scope[0], scope[1], scope[2], scope[3]
	if !ValidRegion(c.Region) {
		return c, wrongRegion(c.Region)
	}
	if c.Service != service {
		return c, invalidSignature("Credential should be scoped to correct service: '" + service + "'. ")
	}
	if scope[4] != terminator {
		return c, invalidSignature("Credential should be scoped with a valid terminator: '" + terminator + "', not '" + scope[4] + "'. ")
	}
	c.SignedHeaders = strings.Split(strings.ToLower(params.signedHeaders), ";")
	slices.Sort(c.SignedHeaders) // a client that signs them in another order does not match
	c.Signature = params.signature
	c.SecurityToken = r.Header.Get("X-Amz-Security-Token")
	return c, nil
}

// params are the parts of an Authorization header.
type params struct {
	algorithm, credential, signedHeaders, signature string
}

func parseParams(header string) (params, error) {
	var p params
	rest := ""
	p.algorithm, rest, _ = strings.Cut(header, " ")
	for rest != "" {
		part := rest
		if i := strings.IndexAny(rest, ", "); i >= 0 {
			part, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return p, incompleteSignature("'" + part + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + header + "'.")
		}
		switch name {
		case "Credential":
			p.credential = value
		case "SignedHeaders":
			p.signedHeaders = value
		case "Signature":
			p.signature = value
		}
	}
	return p, nil
}

func (p params) missing(date string) string {
	var text strings.Builder
	for _, param := range []struct{ name, value string }{
		{"Credential", p.credential}, {"Signature", p.signature}, {"SignedHeaders", p.signedHeaders},
	} {
		if param.value == "" {
			text.WriteString("Authorization header requires '" + param.name + "' parameter. ")
		}
	}
	if date == "" {
		text.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	return text.String()
}

// ValidRegion tells whether name has the form of a Region's.
func ValidRegion(name string) bool {
	if name == "" || len(name) > 32 {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func wrongRegion(name string) error {
	return invalidSignature("Credential should be scoped to a valid region, not '" + name + "'. ")
}

func parseDate(date string) (time.Time, error) {
	if t, err := time.Parse(isoBasic, date); err == nil {
		return t, nil
	}
	if t, err := http.ParseTime(date); err == nil {
		return t.UTC(), nil
	}
	return time.Time{}, incompleteSignature("Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601")
}
