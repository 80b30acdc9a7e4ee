package faultsweep

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/kmsfake"
)

// guard lets calls pass as long as the body may go on.
type guard struct {
	t     *testing.T
	fake  *kmsfake.Fake
	until time.Time

	mu   sync.Mutex
	left int
	told bool
}

func (g *guard) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left--
	why := ""
	switch {
	case g.left < 0:
		why = "it makes call after call"
	case g.fake.Now().After(g.until):
		why = fmt.Sprintf("it is %v later on the fake's clock", patience)
	default:
		return
	}
	if !g.told {
		g.told = true
		g.t.Errorf("faultsweep: the body hangs: %s. It is ended in\n%s", why, callers())
	}
	g.t.FailNow()
}

// callers are the functions that led to a call of the fake, those of the fake and
// of the SDK left out.
func callers() string {
	const most = 8
	pcs := make([]uintptr, 128)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var lines []string
	for {
		frame, more := frames.Next()
		if !inside(frame.Function) && len(lines) < most {
			lines = append(lines, fmt.Sprintf("\t%s\n\t\t%s:%d", frame.Function, frame.File, frame.Line))
		}
		if !more {
			return strings.Join(lines, "\n")
		}
	}
}

func inside(function string) bool {
	for _, prefix := range []string{
		"example.com/kmsfake.", "example.com/kmsfake/internal/", "example.com/kmsfake/faultsweep.", "github.com/aws/", "runtime.", "testing.",
	} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return false
}

// thisGoroutine is how a dump of stacks calls the goroutine.
func thisGoroutine() string {
	var buf [64]byte
	name, _, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte(" ["))
	return string(name)
}

// stackOf is where a goroutine is.
func stackOf(goroutine string) string {
	const most = 4 << 20
	buf := make([]byte, most)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.HasPrefix(stack, goroutine+" [") {
			return stack
		}
	}
	return goroutine + " is gone"
}
