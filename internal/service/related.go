package service

// Related multi-Region keys share their key material and its rotation; what was
// imported is each one's own. A single-Region key is its own primary key and has
// no relatives.

// primary is the key that the rotation of the shared key material follows.
func (k *key) primary() *key { return k }

// related are all the keys that share the key material, the key itself among them.
func (k *key) related() []*key { return []*key{k} }

// checkPrimary refuses what only a primary key can do.
func (k *key) checkPrimary() error {
	if k.primary() != k {
		return notPrimary(k.arn)
	}
	return nil
}

// leaving says whether the key is about to be deleted.
func (k *key) leaving() bool { return !k.deletion.IsZero() }
