package service

// tape keeps pieces of bytes in a ring that is used again and again: what comes
// first goes first. A journal that writes without end costs the garbage collector
// nothing.
type tape struct {
	most  int    // length that buf may reach
	buf   []byte // grows to most
	start int    // of the oldest piece
	end   int    // of the newest; less than start when the pieces go round the end
	n     int    // pieces
}

// piece is where on a tape some bytes are.
type piece struct{ at, size int }

const smallestTape = 4 << 10

// place finds room for a piece behind all others, and says whether there is some.
func (t *tape) place(size int) (piece, bool) {
	if t.n == 0 {
		t.start, t.end = 0, 0
	}
	at := t.end
	switch {
	case t.n > 0 && t.end <= t.start: // round the end already
		if t.start-t.end < size {
			return piece{}, false
		}
	case len(t.buf)-t.end >= size:
	case t.start >= size && t.n > 0:
		at = 0
	default:
		return piece{}, false
	}
	t.end = at + size
	t.n++
	return piece{at, size}, true
}

// drop forgets the oldest piece; next is the one after it.
func (t *tape) drop(next piece) {
	t.n--
	t.start = next.at
}

func (t *tape) bytes(p piece) []byte { return t.buf[p.at : p.at+p.size] }

// grow makes a larger tape for size more bytes, and moves the pieces to it, from
// the oldest. It says whether the tape may be that large.
func (t *tape) grow(size int, each func(move func(*piece))) bool {
	if len(t.buf) == t.most {
		return false
	}
	bigger := tape{most: t.most, buf: make([]byte, min(max(2*len(t.buf), len(t.buf)+size, smallestTape), t.most))}
	each(func(p *piece) {
		moved, _ := bigger.place(p.size)
		copy(bigger.bytes(moved), t.bytes(*p))
		*p = moved
	})
	*t = bigger
	return true
}
