package conformance

import (
	"fmt"
	"strings"
)

// tagList is a list of tags, each as key=value.
func tagList(texts ...string) []m {
	list := []m{}
	for _, text := range texts {
		key, v, _ := strings.Cut(text, "=")
		list = append(list, m{"TagKey": key, "TagValue": v})
	}
	return list
}

func tags() []Scenario {
	tagged := func(texts ...string) Call {
		return answers("ListResourceTags", m{"KeyId": "{key}"}, m{"Tags": tagList(texts...), "Truncated": false})
	}
	tag := func(texts ...string) m { return m{"KeyId": "{key}", "Tags": tagList(texts...)} }
	var fiftyOne []string
	for i := range 51 {
		fiftyOne = append(fiftyOne, fmt.Sprintf("tag%d=value", i))
	}
	return []Scenario{
		{
			Name: "a key is made with tags and untagged",
			Fact: recorded("ListResourceTags and UntagResource"),
			Calls: []Call{
				newKey("key", m{"Tags": tagList("tag1=value1", "tag2=value2")}),
				tagged("tag1=value1", "tag2=value2"),
				answers("UntagResource", m{"KeyId": "{key}", "TagKeys": []string{"tag1", "tag2"}}, m{}),
				tagged(),
			},
		},
		{
			Name: "a tag gets another value",
			Fact: api("TagResource"),
			Calls: []Call{
				newKey("key", m{"Tags": tagList("tag1=value1")}),
				answers("TagResource", tag("tag1=changed", "tag2="), m{}),
				tagged("tag1=changed", "tag2="),
			},
		},
		{
			Name: "removing a tag that is not there",
			Fact: api("UntagResource"),
			Calls: []Call{
				newKey("key", m{"Tags": tagList("tag1=value1")}),
				answers("UntagResource", m{"KeyId": "{key}", "TagKeys": []string{"tag2"}}, m{}),
				tagged("tag1=value1"),
			},
		},
		{
			Name: "tag keys differ by case",
			Fact: documented(guide + "tagging-keys.html"),
			Calls: []Call{
				newKey("key", nil),
				answers("TagResource", tag("TAG=1", "tag=2"), m{}),
				tagged("TAG=1", "tag=2"),
			},
		},
		{
			Name: "tag keys that begin with aws:",
			Fact: recorded("TagResource"),
			Calls: []Call{
				newKey("key", nil),
				fails("TagResource", tag("aws:key1=value1"), "TagException", "Tags beginning with aws: are reserved"),
				fails("TagResource", tag("AWS:key1=value1"), "TagException", "Tags beginning with aws: are reserved"),
				tagged(),
			},
		},
		{
			Name: "a new key with tag keys that begin with aws:",
			Fact: guessed("the words were recorded of TagResource"),
			Calls: []Call{
				fails("CreateKey", m{"Tags": tagList("aws:key1=value1")}, "TagException", "Tags beginning with aws: are reserved"),
			},
		},
		{
			Name: "the same tag key twice",
			Fact: recorded("CreateKey and TagResource"),
			Calls: []Call{
				fails("CreateKey", m{"Tags": tagList("tag1=value1", "tag1=value2")}, "TagException", "Duplicate tag keys"),
				newKey("key", nil),
				fails("TagResource", tag("tag1=value1", "tag1=value2"), "TagException", "Duplicate tag keys"),
				tagged(),
			},
		},
		{
			Name: "51 tags",
			Fact: recorded("CreateKey and TagResource"),
			Calls: []Call{
				fails("CreateKey", m{"Tags": tagList(fiftyOne...)}, "TagException", "Too many tags"),
				newKey("key", nil),
				fails("TagResource", tag(fiftyOne...), "TagException", "Too many tags"),
				tagged(),
			},
		},
		{
			Name: "a tag key of 129 characters",
			Fact: recorded("CreateKey"),
			Calls: []Call{
				fails("CreateKey", m{"Tags": tagList(strings.Repeat("a", 129) + "=value")}, "ValidationException",
					"1 validation error detected: Value '"+strings.Repeat("a", 129)+"' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128"),
			},
		},
		{
			Name: "a tag value of 257 characters",
			Fact: guessed("the words were recorded of tag keys"),
			Calls: []Call{
				fails("CreateKey", m{"Tags": tagList("a=" + strings.Repeat("b", 257))}, "ValidationException",
					"1 validation error detected: Value '"+strings.Repeat("b", 257)+"' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256"),
			},
		},
		{
			Name: "an empty tag key",
			Fact: guessed("the words are those of other lengths"),
			Calls: []Call{
				newKey("key", nil),
				fails("TagResource", tag("=value"), "ValidationException",
					"1 validation error detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1"),
			},
		},
	}
}
