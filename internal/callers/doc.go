// Package callers holds programs that call AWS KMS and know nothing of kmsfake:
// its tests run them on the fake. It is a module of its own, so that who imports
// kmsfake does not get what they need.
package callers
