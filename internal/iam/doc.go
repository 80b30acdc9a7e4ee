// Package iam reads policy documents and decides requests as AWS KMS does.
//
// Three things are public: [Parse] turns a document into an immutable [Policy],
// [ParsePrincipal] turns an ARN into the [Principal] that calls, and [Decide]
// answers a [Question] from the key policy, the caller's identity policies and
// the grants.
//
// What AWS leaves unsaid is decided here as follows.
//
//   - Which users and roles exist is unknown: a principal of a key policy that
//     is well formed is taken to exist.
//   - A session is matched to its role by the role's name, which is unique in an
//     account, since the ARN of a session does not tell the role's path.
//   - A grant is enough for a caller of another account, which needs no identity
//     policy then.
//   - To be spared a Deny by NotPrincipal a caller is listed with its account, and
//     a session with its role too.
//   - Two statements of a policy have no Sid in common.
//   - A condition key with several values under an operator without a set
//     operator matches if any value does; a negated operator then holds if none does.
//   - A policy variable that cannot be resolved makes its value match nothing.
//   - Condition operators are spelled in any case, elements only as documented.
//   - Federated and CanonicalUser principals are read, and are never the caller:
//     a federated caller reaches AWS KMS as the session of a role.
package iam
