package wycheproof

import (
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	vectors "github.com/c2sp/wycheproof"
)

// octets are bytes that stand in hexadecimal digits.
type octets []byte

func (o *octets) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	*o = decoded
	return err
}

// group holds the members of the test groups that the tests here read.
type group struct {
	KeySize         int    `json:"keySize"`
	TagSize         int    `json:"tagSize"`
	Hash            string `json:"sha"`
	MGFHash         string `json:"mgfSha"`
	SaltLength      int    `json:"sLen"`
	PublicKeyDER    octets `json:"publicKeyDer"`
	PrivateKeyPKCS8 octets `json:"privateKeyPkcs8"`
	PrivateSeed     octets `json:"privateSeed"`
	Tests           []test `json:"tests"`
}

// test holds the members of the tests.
type test struct {
	ID           int      `json:"tcId"`
	Comment      string   `json:"comment"`
	Flags        []string `json:"flags"`
	Result       string   `json:"result"`
	Key          octets   `json:"key"`
	Message      octets   `json:"msg"`
	Context      octets   `json:"ctx"`
	Mu           octets   `json:"mu"`
	Signature    octets   `json:"sig"`
	Tag          octets   `json:"tag"`
	Ciphertext   octets   `json:"ct"`
	Label        octets   `json:"label"`
	Public       octets   `json:"public"`
	Private      octets   `json:"private"`
	Shared       octets   `json:"shared"`
	Seed         octets   `json:"seed"`
	Encapsulated octets   `json:"c"`
	EncapKey     octets   `json:"ek"`
	ExpandedKey  octets   `json:"dk"`
	Secret       octets   `json:"K"`
}

// read decodes the test groups of a file.
func read(t *testing.T, file string) []group {
	t.Helper()
	data, err := fs.ReadFile(vectors.TestVectors, file)
	if err != nil {
		t.Fatal(err)
	}
	var decoded struct {
		Groups []group `json:"testGroups"`
	}
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return decoded.Groups
}

// tally counts vectors by what they expect, and those passed over.
type tally struct {
	valid, invalid, acceptable, skipped int
}

func (c *tally) count(expected string) {
	switch expected {
	case "valid":
		c.valid++
	case "invalid":
		c.invalid++
	default:
		c.acceptable++
	}
}

// agree counts a vector and reports one whose outcome is not the expected one.
// Either outcome will do for an acceptable one.
func (c *tally) agree(t *testing.T, v test, passed bool) {
	t.Helper()
	c.count(v.Result)
	if v.Result == "valid" && !passed || v.Result == "invalid" && passed {
		t.Errorf("vector %d (%s, %v): passed is %v", v.ID, v.Comment, v.Flags, passed)
	}
}

// report logs the counts, and fails where there were none.
func (c *tally) report(t *testing.T) {
	t.Helper()
	t.Logf("%s: %d valid, %d invalid, %d acceptable, %d passed over", t.Name(), c.valid, c.invalid, c.acceptable, c.skipped)
	if c.valid+c.acceptable == 0 {
		t.Error("no vector that passes")
	}
}
