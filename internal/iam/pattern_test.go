package iam

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func wildcardRegexp(pattern string, fold bool) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("(?s")
	if fold {
		b.WriteString("i")
	}
	b.WriteString(")^")
	for _, c := range pattern {
		switch c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

func TestPatternsMatchAsRegexpsDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aB:é€"))).Draw(t, "text")
		pattern := rapid.StringOf(rapid.RuneFrom([]rune("aB:é€**??"))).Draw(t, "pattern")
		if rapid.Bool().Draw(t, "fold") {
			// Case is ignored in ASCII alone.
			text, pattern = strings.Map(ascii, text), strings.Map(ascii, pattern)
			p := compile(pattern, syntax{wildcards: true, fold: true})
			if got, want := p.matches(text, nil), wildcardRegexp(pattern, true).MatchString(text); got != want {
				t.Fatalf("%q of %q: %v", pattern, text, got)
			}
		}
		p := compile(pattern, syntax{wildcards: true})
		if got, want := p.matches(text, nil), wildcardRegexp(pattern, false).MatchString(text); got != want {
			t.Fatalf("%q of %q: %v", pattern, text, got)
		}
	})
}

func ascii(c rune) rune {
	if c > 127 {
		return -1
	}
	return c
}

func TestARNPatternsMatchComponentByComponent(t *testing.T) {
	t.Parallel()
	part := rapid.StringOf(rapid.RuneFrom([]rune("ab*?")))
	value := rapid.StringOf(rapid.RuneFrom([]rune("ab")))
	rapid.Check(t, func(t *rapid.T) {
		pattern, text, want := "arn", "arn", true
		for i := range 5 {
			p, v := part.Draw(t, "part"), value.Draw(t, "value")
			if i == 4 {
				v += ":" + value.Draw(t, "tail")
			}
			if rapid.Bool().Draw(t, "same") {
				p = v
			}
			want = want && wildcardRegexp(p, false).MatchString(v)
			pattern, text = pattern+":"+p, text+":"+v
		}
		p := compileARN(pattern, true)
		if got := p.matches(text, &Request{}); got != want {
			t.Fatalf("%q of %q: %v", pattern, text, got)
		}
	})
}

func TestQuestionMarkStandsForOneCharacter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"?", "é", true}, {"??", "é", false}, {"*??", "€", false}, {"a?c", "a€c", true}, {"?*", "", false}, {"*?", "€", true}, {"?", "\xff", true},
	} {
		p := compile(tt.pattern, syntax{wildcards: true})
		if got := p.matches(tt.text, nil); got != tt.want {
			t.Errorf("%s of %q: %v", tt.pattern, tt.text, got)
		}
	}
}

func TestActionMatchesInAnyCase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, action string
		want            bool
	}{
		{"kms:*", "kms:Decrypt", true},
		{"KMS:DECRYPT", "kms:Decrypt", true},
		{"*", "kms:Decrypt", true},
		{"kms:ReEncrypt*", "kms:ReEncryptFrom", true},
		{"kms:ReEncrypt*", "kms:Encrypt", false},
		{"kms:GenerateDataKey", "kms:GenerateDataKeyPair", false},
		{"kms:?ecrypt", "kms:Decrypt", true},
		{"kms:?ncrypt", "kms:Decrypt", false},
		{"*:Decrypt", "kms:Decrypt", true},
		{"s3:*", "kms:Decrypt", false},
		{"kms:", "kms:Decrypt", false},
	} {
		p := compile(tt.pattern, syntax{wildcards: true, fold: true})
		if got := p.matches(tt.action, nil); got != tt.want {
			t.Errorf("%s of %s: %v", tt.pattern, tt.action, got)
		}
	}
}
