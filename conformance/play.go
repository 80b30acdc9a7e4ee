package conformance

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
)

// Difference is what an endpoint did otherwise than a scenario states.
type Difference struct {
	Call      int // of the scenario's calls, from 1; 0 of the clearing up
	Operation string
	What      string
}

func (d Difference) String() string {
	return fmt.Sprintf("call %d, %s: %s", d.Call, d.Operation, d.What)
}

// Play plays the scenario and returns how the target differs from it: nothing if
// it does not. It ends with the first call that differs, for later ones build on
// it. What it made is cleared up, also if ctx ends.
func (s *Scenario) Play(ctx context.Context, t *Target) []Difference {
	p := &play{target: t, ctx: ctx, run: strings.ToLower(rand.Text()[:10]), kept: map[string]Members{}}
	differences := p.calls(s.Calls)
	for _, wrong := range p.clear(context.WithoutCancel(ctx)) {
		differences = append(differences, Difference{Operation: "clearing up", What: wrong})
	}
	return differences
}

// play is a scenario on its way.
type play struct {
	target *Target
	ctx    context.Context
	run    string
	kept   map[string]Members
	made   []leftover
}

func (p *play) now() time.Time { return p.target.now() }

func (p *play) calls(list []Call) []Difference {
	for i, c := range list {
		operation, wrong := c.Operation, []string(nil)
		if c.Advance != 0 {
			operation = "time passes"
			if err := p.advance(c.Advance); err != nil {
				wrong = []string{err.Error()}
			}
		} else {
			wrong = p.call(c)
		}
		if wrong == nil {
			continue
		}
		differences := make([]Difference, len(wrong))
		for j, what := range wrong {
			differences[j] = Difference{i + 1, operation, what}
		}
		return differences
	}
	return nil
}

func (p *play) advance(d time.Duration) error {
	if p.target.Advance == nil {
		if d > longestWait {
			return errors.New("the target's time cannot be moved")
		}
		wait(p.ctx, d)
		return p.ctx.Err()
	}
	if err := p.target.Advance(d); err != nil {
		return err
	}
	p.target.passed.Add(int64(d))
	return nil
}

// The operations that change nothing.
var (
	reading = regexp.MustCompile("^(Describe|Get|List)")
	using   = regexp.MustCompile("^(Encrypt|Decrypt|ReEncrypt|Generate|Sign|Verify|DeriveSharedSecret|Encapsulate|Decapsulate)")
)

// call makes one call and says what is wrong with what comes of it. AWS KMS is
// eventually consistent: where that takes time, what only reads is read again.
func (p *play) call(c Call) []string {
	reads := reading.MatchString(c.Operation)
	for patience := p.target.Settle * 15; ; patience -= p.target.Settle {
		out, err := p.send(c)
		wrong := p.judge(c, out, err)
		switch {
		case wrong != nil && reads && patience > 0:
			wait(p.ctx, p.target.Settle)
			continue
		case wrong != nil:
			return wrong
		case err == nil && !reads && !using.MatchString(c.Operation):
			wait(p.ctx, p.target.Settle)
		}
		if c.Keep != "" {
			p.kept[c.Keep] = out
		}
		return nil
	}
}

// wait waits for d or for the end of ctx.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// send makes the call through the SDK's method of its name.
func (p *play) send(c Call) (Members, error) {
	method := reflect.ValueOf(p.target.API).MethodByName(c.Operation)
	if !method.IsValid() {
		return nil, fmt.Errorf("no operation %s", c.Operation)
	}
	in, err := p.build(method.Type().In(1).Elem(), c.Input)
	if err != nil {
		return nil, err
	}
	label(in.Interface(), p.run)
	region := p.target.Region
	arguments := []reflect.Value{reflect.ValueOf(p.ctx), in}
	if c.Elsewhere {
		region = p.target.OtherRegion
		arguments = append(arguments, reflect.ValueOf(func(o *kms.Options) { o.Region = region }))
	}
	results := method.Call(arguments)
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	if results[0].IsNil() {
		return nil, errors.New("neither an answer nor an error")
	}
	p.remember(region, in.Interface(), results[0].Interface())
	out, _ := render(results[0].Elem()).(Members)
	unlabel(out)
	return out, nil
}

// judge says what is wrong with the outcome of a call.
func (p *play) judge(c Call, out Members, err error) []string {
	switch {
	case err == nil && c.Refusal != nil:
		return []string{fmt.Sprintf("want %s, have an answer", c.Refusal.Code)}
	case err == nil && c.Answer != nil:
		return compare(p, "", c.Answer, out)
	case err == nil:
		return nil
	case c.Refusal == nil:
		return []string{fmt.Sprintf("want an answer, have %v", err)}
	}
	return p.judgeRefusal(c.Refusal, err)
}

func (p *play) judgeRefusal(want *Refusal, err error) []string {
	var have smithy.APIError
	if !errors.As(err, &have) {
		return []string{fmt.Sprintf("want %s, have %v", want.Code, err)}
	}
	var wrong []string
	if have.ErrorCode() != want.Code {
		wrong = append(wrong, fmt.Sprintf("want %s, have %s", want.Code, have.ErrorCode()))
	}
	message := have.ErrorMessage()
	if message == "UnknownError" { // the SDK's word for no message
		message = ""
	}
	about := "message"
	if want.WordsGuessed {
		about = "message, a guess"
	}
	wrong = append(wrong, compare(p, about, want.Message, message)...)
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() != 400 {
		wrong = append(wrong, fmt.Sprintf("want HTTP status 400, have %d", response.HTTPStatusCode()))
	}
	return wrong
}

var placeholder = regexp.MustCompile(`\{[a-z][A-Za-z0-9.]*\}`)

// resolve replaces what only the play knows. A text that is one placeholder and
// nothing else becomes what that stands for, of whatever kind.
func (p *play) resolve(x any) (any, error) {
	if v, ok := x.(value); ok {
		return v.of(p)
	}
	text, ok := x.(string)
	if !ok {
		return x, nil
	}
	if placeholder.FindString(text) == text && text != "" {
		return p.look(text[1 : len(text)-1])
	}
	var failed error
	expanded := placeholder.ReplaceAllStringFunc(text, func(name string) string {
		found, err := p.look(name[1 : len(name)-1])
		if err != nil {
			failed = err
		}
		return fmt.Sprint(found)
	})
	return expanded, failed
}

// bytes are the binary data that a text stands for. They are the caller's.
func (p *play) bytes(text string) ([]byte, error) {
	found, err := p.resolve(text)
	if err != nil {
		return nil, err
	}
	blob, ok := found.([]byte)
	if !ok || len(blob) == 0 {
		return nil, fmt.Errorf("%s is no binary data", text)
	}
	return slices.Clone(blob), nil
}

// look finds what a placeholder stands for.
func (p *play) look(name string) (any, error) {
	t := p.target
	switch name {
	case "account":
		return t.Account, nil
	case "region":
		return t.Region, nil
	case "other":
		return t.OtherRegion, nil
	case "partition":
		return t.Partition, nil
	case "root":
		return "arn:" + t.Partition + ":iam::" + t.Account + ":root", nil
	case "run":
		return p.run, nil
	case "alias":
		return "alias/conformance-" + p.run, nil
	case "alias.arn":
		return "arn:" + t.Partition + ":kms:" + t.Region + ":" + t.Account + ":alias/conformance-" + p.run, nil
	}
	parts := strings.Split(name, ".")
	kept, ok := p.kept[parts[0]]
	if !ok {
		return nil, fmt.Errorf("nothing is kept as %s", parts[0])
	}
	if metadata := metadataOf(kept); metadata != nil {
		switch {
		case len(parts) == 1:
			return metadata["KeyId"], nil
		case parts[1] == "arn":
			return metadata["Arn"], nil
		}
	}
	var x any = kept
	for _, part := range parts[1:] {
		switch in := x.(type) {
		case Members:
			x = in[part]
		case []any:
			if i, err := strconv.Atoi(part); err == nil && i < len(in) {
				x = in[i]
				continue
			}
			x = nil
		default:
			x = nil
		}
	}
	if x == nil || len(parts) == 1 {
		return nil, fmt.Errorf("{%s} is not there", name)
	}
	return x, nil
}

// metadataOf is the key metadata in an answer, or nil.
func metadataOf(out Members) Members {
	for _, name := range []string{"KeyMetadata", "ReplicaKeyMetadata"} {
		if metadata, ok := out[name].(Members); ok {
			return metadata
		}
	}
	return nil
}
