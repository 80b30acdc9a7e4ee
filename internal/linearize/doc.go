// Package linearize checks that operations that run at the same time take effect
// one after another: histories of concurrent calls are searched for an order that
// explains every answer. It is a module of its own for what only it needs.
package linearize
