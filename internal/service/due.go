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
	next  atomic.Int64 // Unix nanoseconds of the first entry, 0 when there is none
	queue dueQueue
}

type dueEntry struct {
	at  time.Time
	key *key
}

type dueQueue []dueEntry

func (q dueQueue) Len() int           { return len(q) }
func (q dueQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q dueQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *dueQueue) Push(x any)        { *q = append(*q, x.(dueEntry)) }
func (q *dueQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = dueEntry{}
	*q = old[:len(old)-1]
	return last
}

// passed says whether something is due. It needs no lock.
func (d *dueList) passed(now time.Time) bool {
	next := d.next.Load()
	return next != 0 && now.UnixNano() >= next
}

func (d *dueList) add(at time.Time, k *key) {
	heap.Push(&d.queue, dueEntry{at, k})
	d.setNext()
}

func (d *dueList) setNext() {
	if len(d.queue) == 0 {
		d.next.Store(0)
		return
	}
	d.next.Store(d.queue[0].at.UnixNano())
}

// removeDue deletes the keys whose waiting period is over. An entry whose key
// was rescheduled or saved since is passed over. The lock must be held for
// writing.
func (a *AWS) removeDue(now time.Time) {
	for len(a.due.queue) > 0 && !a.due.queue[0].at.After(now) {
		entry := heap.Pop(&a.due.queue).(dueEntry)
		if entry.key.deletion.Equal(entry.at) {
			entry.key.remove()
			a.part(entry.key, entry.at)
		}
	}
	a.due.setNext()
}
