package kmsfake_test

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// modelMarker is what a marker that the service gave means: the list goes on
// after an item, in the one list that the marker was given for.
type modelMarker struct {
	list  modelList
	after string
}

// modelList is a list that the service answers in pages: that of an operation, in
// a place, and of a key where it is of one.
type modelList struct {
	operation string
	at        modelPlace
	of        *modelKey
}

// checkPage states the model's constraints on the members of every list, and
// afterwards the operation's own on Limit.
func (c *modelCall) checkPage(limit *int32, marker *string, largest int32) (bounds *modelRefusal) {
	c.checks.between("limit", limit, 1, 1000)
	c.checks.length("marker", marker, 1, 1024)
	if refusal := c.checked(); refusal != nil {
		return refusal
	}
	c.checks.between("limit", limit, 1, largest)
	return c.checked()
}

// start reads a marker: the item that the page comes after.
func (c *modelCall) start(marker *string, of *modelKey) (after string, _ *modelRefusal) {
	if marker == nil {
		return "", nil
	}
	m, given := c.markers[*marker]
	if !given || m.list != (modelList{c.operation, c.at, of}) {
		return "", modelRefuseSomehow("InvalidMarkerException")
	}
	return m.after, nil
}

// page is the part of a sorted list of names that a page shows, and what to say of
// the rest. The marker is learned from the fake.
func (c *modelCall) page(names []string, after string, limit *int32, byDefault int, of *modelKey, learned *string) (page []string, next *string, truncated bool) {
	from, found := slices.BinarySearch(names, after)
	if found {
		from++
	}
	size := byDefault
	if limit != nil {
		size = int(*limit)
	}
	to := min(len(names), from+size)
	if to == len(names) {
		return names[from:], nil, false
	}
	if learned == nil {
		return names[from:to], aws.String("a marker"), true
	}
	marker := *learned
	c.markers[marker] = modelMarker{modelList{c.operation, c.at, of}, names[to-1]}
	return names[from:to], &marker, true
}

// limit draws a Limit, within bounds and without.
func (d *modelDraw) limit() *int32 {
	return modelOptional[int32](d, "limit", 1, 2, 3, 5, 49, 50, 51, 100, 101, 1000, 1001, 0, -1)
}

// marker draws a marker: none, one that the service gave for some list, or one
// that it never gave.
func (d *modelDraw) marker() *string {
	given := slices.Sorted(maps.Keys(d.markers))
	if len(given) > 0 && d.oneIn(2, "marker is there") {
		return aws.String(modelPick(d, "marker", given...))
	}
	return modelOptional(d, "bad marker", "no marker", "AAAA", "")
}
