// Package keyspec is the table of key specs: which key usages each allows,
// which algorithms go with them, and the sizes that follow. CreateKey's checks,
// DescribeKey's algorithm lists and every usage error are read from it.
//
// The table never changes. Callers share its slices and must not write to them.
package keyspec
