package weak

import "testing"

func TestWeak(t *testing.T) {
	if !Allowed("first", 0) || Allowed("second", 0) || !Allowed("third", 1) {
		t.Error("Allowed")
	}
	if Check("small", 1) != nil || Check("small", 3) == nil || Check("large", 9) != nil || Check("none", 1) == nil {
		t.Error("Check")
	}
	if total, sorted := Sum([]int{3, 2}); total != 5 || sorted[0] != 2 {
		t.Error("Sum")
	}
}
