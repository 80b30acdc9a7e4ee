package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/tidwall/btree"
)

// Lists come in pages. A marker names the last item of the page before, not its
// place: a list that changes between two pages still shows every item that was
// there all along exactly once.

// pageLimit is how many items a page has. The model allows 1 to 1000 for every
// list; some operations take fewer.
func pageLimit(limit *int32, byDefault, largest int) (int, error) {
	if limit == nil {
		return byDefault, nil
	}
	if n := int(*limit); n <= largest {
		return n, nil
	}
	return 0, validationf("Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", *limit, largest)
}

// pageAfter is the page of an ordered map that follows a name, and the name that
// the next page follows: empty when there is none.
func pageAfter[V any](items *btree.Map[string, V], after string, limit int) (page []V, next string) {
	page = make([]V, 0, min(limit, items.Len()))
	last := ""
	items.Ascend(after, func(name string, v V) bool {
		if name == after && after != "" {
			return true
		}
		if len(page) == limit {
			next = last
			return false
		}
		page = append(page, v)
		last = name
		return true
	})
	return page, next
}

const markerSum = 12 // bytes

// marker writes the marker that continues after a name in the list of this
// operation, account and Region, and of the resource it is of, and says whether
// there is one. Its form is this service's own, as AWS's is AWS's.
func (c *call) marker(next, of string) (*string, bool) {
	if next == "" {
		return nil, false
	}
	sum := c.markerSum(next, of)
	marker := base64.RawURLEncoding.EncodeToString(append(sum, next...))
	return &marker, true
}

// position reads a marker: the name after which the list goes on.
func (c *call) position(marker *string, of string) (string, error) {
	if marker == nil {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*marker)
	if err != nil || len(raw) <= markerSum {
		return "", invalidMarker()
	}
	after := string(raw[markerSum:])
	if !hmac.Equal(raw[:markerSum], c.markerSum(after, of)) {
		return "", invalidMarker()
	}
	return after, nil
}

func (c *call) markerSum(next, of string) []byte {
	secret := c.entropy.derive("marker", c.name, 0)
	h := hmac.New(sha256.New, secret[:])
	for _, part := range []string{c.who.Account, c.who.Region, of, next} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil)[:markerSum]
}
