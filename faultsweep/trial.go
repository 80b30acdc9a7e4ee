package faultsweep

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// call is one call of the run without faults.
type call struct {
	kmsfake.Call
	nth int // among the calls of its operation, from 1
}

func (c *call) name() string { return fmt.Sprintf("%s#%d", c.Operation, c.nth) }

// shown is what two runs of the same body have in common.
func (c *call) shown() string {
	text := c.name()
	if c.KeyARN != "" {
		text += " of " + c.KeyARN
	}
	var exception smithy.APIError
	if errors.As(c.Error, &exception) {
		text += " (" + exception.ErrorCode() + ")"
	}
	return text
}

func numbered(calls []kmsfake.Call) []call {
	seen := map[string]int{}
	list := make([]call, len(calls))
	for i, c := range calls {
		seen[c.Operation]++
		list[i] = call{c, seen[c.Operation]}
	}
	return list
}

// trial is a run with something that goes wrong in it.
type trial struct {
	call   string // the one that it is about, CreateAlias#1
	group  string // of the trials that run at the same time: the call, and what else comes before the name
	name   string // what goes wrong
	words  string // the same in words
	faults []kmsfake.Fault
	before *interference
	watch  bool // plan interferences between the calls

	ok      bool // the body passed
	skipped bool
	calls   []call
	elapsed time.Duration // on the fake's clock

	note      func() // brings calls and elapsed up to date
	goroutine string // that the body runs on
}

// failure is a way in which a call can fail.
type failure struct {
	name    string
	err     error
	applied bool
}

func (f failure) words() string {
	if f.applied {
		return strings.TrimSuffix(f.name, "/applied") + " after it took effect"
	}
	return f.name
}

// changing are the operations that change something.
var changing = []string{
	"CancelKeyDeletion", "ConnectCustomKeyStore", "CreateAlias", "CreateCustomKeyStore", "CreateGrant", "CreateKey", "DeleteAlias",
	"DeleteCustomKeyStore", "DeleteImportedKeyMaterial", "DisableKey", "DisableKeyRotation", "DisconnectCustomKeyStore", "EnableKey",
	"EnableKeyRotation", "ImportKeyMaterial", "PutKeyPolicy", "ReplicateKey", "RetireGrant", "RevokeGrant", "RotateKeyOnDemand",
	"ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateCustomKeyStore", "UpdateKeyDescription",
	"UpdatePrimaryRegion",
}

// kinds are the failures of every operation that are no modelled exceptions.
var kinds = []service.Kind{service.Throttled, service.AccessDenied, service.Timeout, service.ConnectionReset}

// failures are the ways in which a call can fail.
func (s *sweep) failures(c *call) (list []failure) {
	add := func(name string, err error, open bool) {
		if len(s.chosen) > 0 && !slices.ContainsFunc(s.chosen, func(chosen error) bool { return nameOf(chosen) == name }) {
			return
		}
		list = append(list, failure{name, err, false})
		if open && slices.Contains(changing, c.Operation) && !isDryRun(c.Input) {
			list = append(list, failure{name + "/applied", err, true})
		}
	}
	for _, name := range service.Exceptions(c.Operation) {
		if name == "DryRunOperationException" && !isDryRun(c.Input) {
			continue
		}
		err := service.NewException(name, "")
		var exception smithy.APIError
		add(name, err, errors.As(err, &exception) && exception.ErrorFault() == smithy.FaultServer)
	}
	for _, kind := range kinds {
		add(string(kind), kind, kind == service.Timeout || kind == service.ConnectionReset)
	}
	for _, err := range s.chosen {
		if kind, ok := err.(service.Kind); ok && !slices.Contains(kinds, kind) {
			add(string(kind), kind, true)
		}
	}
	return list
}

func nameOf(err error) string {
	name, _, _ := service.ErrorName(err)
	return name
}

func isDryRun(input any) bool {
	v := reflect.ValueOf(input)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return false
	}
	f := v.Elem().FieldByName("DryRun")
	if !f.IsValid() {
		return false
	}
	p, ok := f.Interface().(*bool)
	return ok && p != nil && *p
}

// chosenCalls are the calls to fail.
func (s *sweep) chosenCalls(calls []call) (list []*call) {
	for i := range calls {
		if len(s.operations) == 0 || slices.Contains(s.operations, calls[i].Operation) {
			list = append(list, &calls[i])
		}
	}
	return list
}

// singles are the trials with one fault.
func (s *sweep) singles() (plan []*trial) {
	for _, c := range s.chosenCalls(s.calls) {
		for _, f := range s.failures(c) {
			plan = append(plan, s.trial(c, f))
		}
	}
	return plan
}

func (s *sweep) trial(c *call, f failure) *trial {
	return &trial{
		call: c.name(), group: c.name(), name: f.name, words: fmt.Sprintf("%s meets %s", c.name(), f.words()),
		faults: []kmsfake.Fault{{Operation: c.Operation, Skip: c.nth - 1, Times: s.times, Error: f.err, Applied: f.applied}},
	}
}

// check says what is wrong with the options.
func (s *sweep) check() error {
	for _, name := range s.operations {
		if err := (service.Fault{Operation: name, Error: service.Timeout}).Check(); err != nil {
			return err
		}
	}
	for _, err := range s.chosen {
		if err == nil {
			return errors.New("one of the Failures is nil")
		}
		if err := (service.Fault{Error: err}).Check(); err != nil {
			return err
		}
	}
	return nil
}
