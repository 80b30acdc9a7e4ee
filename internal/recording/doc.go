// Package recording keeps the SDK's inputs and outputs as bytes: it writes them
// through their own Serialize methods, without reflection and without an
// allocation for each, and makes them again when somebody asks. What it makes
// shares no memory with what was written. A member that is not set stays unset,
// an empty list or map stays empty; times come back in UTC.
package recording
