package service

import "strings"

// DidYouMean proposes the right name that is nearest to a wrong one, in words to
// follow a sentence: empty when none is near.
func DidYouMean(wrong string, right []string) string {
	const longest = 80 // bytes; what is longer is no slip of the hand
	if len(wrong) > longest {
		return ""
	}
	best, distance := "", len(wrong)/2+1
	for _, name := range right {
		if d := editDistance(strings.ToLower(wrong), strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// editDistance is how many bytes must be put in, taken out or changed to get
// from one text to the other.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
