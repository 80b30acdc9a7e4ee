package service

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Related multi-Region keys share their key id, key material and its rotation;
// what was imported is each one's own, as is all else. A single-Region key is its
// own primary key and has no relatives.

// relatives is a set of related multi-Region keys.
type relatives struct {
	primary  *key
	replicas []*key // in the order in which they became replica keys
}

// primary is the key that the rotation of the shared key material follows.
func (k *key) primary() *key {
	if k.relatives == nil {
		return k
	}
	return k.relatives.primary
}

// related are all the keys that share the key material, the key itself among them.
func (k *key) related() []*key {
	if k.relatives == nil {
		return []*key{k}
	}
	return append([]*key{k.relatives.primary}, k.relatives.replicas...)
}

// checkPrimary refuses what only a primary key can do. While the primary Region
// changes, the former primary key may still do it: what is allowed in the state
// Updating is allowed for both.
func (k *key) checkPrimary(now time.Time) error {
	if k.primary() != k && !now.Before(k.updating) {
		return notPrimary(k.arn)
	}
	return nil
}

// hasReplicas says whether the key is a primary key that was replicated.
func (k *key) hasReplicas() bool {
	return k.relatives != nil && k.relatives.primary == k && len(k.relatives.replicas) > 0
}

// leaving says whether the key is about to be deleted.
func (k *key) leaving() bool { return !k.deletion.IsZero() || k.window != 0 }

// replicaIn is the replica key in a Region, or nil.
func (r *relatives) replicaIn(region string) *key {
	if i := slices.IndexFunc(r.replicas, func(k *key) bool { return k.account.region.name == region }); i >= 0 {
		return r.replicas[i]
	}
	return nil
}

// promote makes a replica key the primary key, and the primary key a replica key
// in its place.
func (r *relatives) promote(replica *key) {
	i := slices.Index(r.replicas, replica)
	r.primary, r.replicas[i] = replica, r.primary
}

// part takes a deleted key out of the set. The waiting period of a primary key
// that is to be deleted begins when its last replica key is deleted.
func (a *AWS) part(k *key, at time.Time) {
	if k.relatives == nil {
		return
	}
	set := k.relatives
	set.replicas = slices.DeleteFunc(set.replicas, func(r *key) bool { return r == k })
	if p := set.primary; p != k && p.window != 0 && len(set.replicas) == 0 {
		a.due.schedule(p, at.Add(time.Duration(p.window)*day))
		p.window = 0
	}
}

// configuration is the set as DescribeKey shows it for one of its keys.
func (r *relatives) configuration(of *key) *types.MultiRegionConfiguration {
	shown := &types.MultiRegionConfiguration{
		MultiRegionKeyType: types.MultiRegionKeyTypeReplica,
		ReplicaKeys:        make([]types.MultiRegionKey, 0, len(r.replicas)),
	}
	if of == r.primary {
		shown.MultiRegionKeyType = types.MultiRegionKeyTypePrimary
	}
	primary := r.primary.multiRegionKey()
	shown.PrimaryKey = &primary
	for _, k := range r.replicas {
		shown.ReplicaKeys = append(shown.ReplicaKeys, k.multiRegionKey())
	}
	return shown
}

func (k *key) multiRegionKey() types.MultiRegionKey {
	cells := &struct{ arn, region string }{k.arn, k.account.region.name}
	return types.MultiRegionKey{Arn: &cells.arn, Region: &cells.region}
}

func (r *relatives) dump(w io.Writer, k *key) {
	if k != r.primary {
		fmt.Fprintf(w, "    replica key of %s\n", r.primary.arn)
		return
	}
	fmt.Fprint(w, "    primary key")
	for i, replica := range r.replicas {
		if i == 0 {
			fmt.Fprint(w, " of replica keys in ")
		} else {
			fmt.Fprint(w, ", ")
		}
		fmt.Fprint(w, replica.account.region.name)
	}
	fmt.Fprintln(w)
}

// cloneRelatives relates the copies of related keys, which share the copy of their
// key material.
func cloneRelatives(copied map[*key]*key) {
	for k, twin := range copied {
		if k.relatives == nil || k.relatives.primary != k {
			continue
		}
		set := &relatives{primary: twin}
		twin.relatives = set
		for _, r := range k.relatives.replicas {
			replica := copied[r]
			replica.relatives, replica.materials = set, twin.materials
			set.replicas = append(set.replicas, replica)
		}
	}
}
