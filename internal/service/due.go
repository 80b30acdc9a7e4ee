package service

import (
	"container/heap"
	"sync/atomic"
	"time"
)

// A key that is scheduled for deletion goes when its time comes. Whether it is
// there follows from its record and the time alone; this list only lets its
// memory, its aliases and its place in lists go without a search for what is due.
type dueList struct {
	next  atomic.Int64 // Unix milliseconds of the first deletion, 0 when there is none
	queue dueQueue
}

// dueQueue is a heap of the keys that are scheduled for deletion. Each knows its
// place, so that one that is saved leaves at once.
type dueQueue []*key

func (q dueQueue) Len() int           { return len(q) }
func (q dueQueue) Less(i, j int) bool { return q[i].deletion.Before(q[j].deletion) }
func (q dueQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

func (q *dueQueue) Push(x any) {
	k := x.(*key)
	k.place = len(*q)
	*q = append(*q, k)
}

func (q *dueQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return last
}

// passed says whether something is due. It needs no lock.
func (d *dueList) passed(now time.Time) bool {
	next := d.next.Load()
	return next != 0 && now.UnixMilli() >= next
}

// schedule sets when a key goes; the zero time is never. The lock must be held
// for writing.
func (d *dueList) schedule(k *key, at time.Time) {
	if !k.deletion.IsZero() {
		heap.Remove(&d.queue, k.place)
	}
	if k.deletion = at; !at.IsZero() {
		heap.Push(&d.queue, k)
	}
	d.setNext()
}

func (d *dueList) setNext() {
	if len(d.queue) == 0 {
		d.next.Store(0)
		return
	}
	d.next.Store(d.queue[0].deletion.UnixMilli())
}

// removeDue deletes the keys whose waiting period is over. The lock must be held
// for writing.
func (a *AWS) removeDue(now time.Time) {
	for len(a.due.queue) > 0 && !a.due.queue[0].deletion.After(now) {
		k := heap.Pop(&a.due.queue).(*key)
		k.remove()
		a.part(k, k.deletion)
	}
	a.due.setNext()
}
