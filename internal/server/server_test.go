package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

const keyID = "0f1e2d3c-4b5a-4968-8776-655443322110"

// logBuffer is a log that tests read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// banner tells when it was written.
type banner struct {
	logBuffer
	written chan struct{}
}

func (b *banner) Write(p []byte) (int, error) {
	defer close(b.written)
	return b.logBuffer.Write(p)
}

// start starts a server with one key and stops it after the test.
func start(t *testing.T, change func(*Config)) (*Running, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	config := Config{
		Addr: "127.0.0.1:0", Region: "eu-west-1", Account: "444455556666", Seed: 7,
		Keys:   []kmsfake.Key{{ID: keyID, Aliases: []string{"alias/app"}}},
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}
	if change != nil {
		change(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	running, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Stop(context.Background()); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	return running, log
}

// client is a client with credentials that nobody handed out.
func client(r *Running) *kms.Client {
	return kms.New(kms.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(r.URL()), Retryer: aws.NopRetryer{}, HTTPClient: &http.Client{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "not so secret"}, nil
		}),
	})
}

// ask sends a request to what drives the fake.
func ask(t *testing.T, r *Running, method, path, body string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			request.Host = header[i+1]
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestServesKMS(t *testing.T) {
	t.Parallel()
	r, log := start(t, nil)
	c := client(r)
	sealed, err := c.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String("alias/app"), Plaintext: []byte("top secret plaintext")})
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws:kms:eu-west-1:444455556666:key/" + keyID; *sealed.KeyId != want {
		t.Errorf("encrypted under %s, want %s", *sealed.KeyId, want)
	}
	if _, err := c.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/none")}); err == nil {
		t.Error("DescribeKey found alias/none")
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("the log has %d lines:\n%s", len(lines), log)
	}
	for i, parts := range [][]string{
		{"operation=Encrypt", "status=200", "region=eu-west-1", "requestId="},
		{"operation=DescribeKey", "status=400", "error=NotFoundException"},
	} {
		for _, part := range parts {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d has no %s: %s", i+1, part, lines[i])
			}
		}
	}
	for _, secret := range []string{"secret", "dG9wIHNlY3JldC", "Signature", "Credential", "AWS4"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}

func TestAdvance(t *testing.T) {
	t.Parallel()
	r, _ := start(t, nil)
	if _, err := client(r).ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: aws.String(keyID), PendingWindowInDays: aws.Int32(7)}); err != nil {
		t.Fatal(err)
	}
	before := r.Fake().Now()
	for _, test := range []struct {
		body   string
		status int
		text   string
	}{
		{"144h", 200, `"now"`},
		{" 43200.5\n", 200, `"now"`},
		{"0", 200, `"now"`},
		{"", 400, "neither a duration"},
		{"eight days", 400, "neither a duration"},
		{"NaN", 400, "neither a duration"},
		{"1e300", 400, "neither a duration"},
		{"-1h", 400, "time does not go back"},
		{"-1", 400, "time does not go back"},
		{"2000000h", 400, "more than a hundred years"},
	} {
		status, text := ask(t, r, "POST", "/_kmsfake/advance", test.body)
		if status != test.status || !strings.Contains(text, test.text) {
			t.Errorf("advance by %q: %d %s", test.body, status, text)
		}
	}
	passed := r.Fake().Now().Sub(before)
	if least := 156*time.Hour + 500*time.Millisecond; passed < least || passed > least+time.Hour {
		t.Errorf("%v passed", passed)
	}
	if status, _ := ask(t, r, "POST", "/_kmsfake/advance", "13h"); status != 200 {
		t.Errorf("status %d", status)
	}
	if _, err := client(r).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String(keyID)}); err == nil {
		t.Error("the key is there after its waiting period")
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	r, _ := start(t, func(c *Config) {
		c.Faults = []kmsfake.Fault{{Operation: "ListKeys", Times: 1, Error: kmsfake.Throttled}}
	})
	c := client(r)
	_, dumpBefore := ask(t, r, "GET", "/_kmsfake/dump", "")
	var ids [2]string
	for i := range ids {
		if _, err := c.ListKeys(t.Context(), nil); err == nil {
			t.Error("the fault of the start is not there")
		}
		made, err := c.CreateKey(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = *made.KeyMetadata.KeyId
		if _, err := c.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: aws.String(keyID)}); err != nil {
			t.Fatal(err)
		}
		ask(t, r, "POST", "/_kmsfake/advance", "24h")
		if status, text := ask(t, r, "POST", "/_kmsfake/reset", ""); status != 200 {
			t.Fatalf("reset: %d %s", status, text)
		}
		if off := time.Since(r.Fake().Now()).Abs(); off > time.Hour {
			t.Errorf("the time is off by %v", off)
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("the same start gave %s and %s", ids[0], ids[1])
	}
	_, dumpAfter := ask(t, r, "GET", "/_kmsfake/dump", "")
	if !strings.Contains(dumpAfter, keyID) || strings.Count(dumpAfter, "\n") != strings.Count(dumpBefore, "\n") {
		t.Errorf("before:\n%s\nafter:\n%s", dumpBefore, dumpAfter)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	r, _ := start(t, nil)
	status, text := ask(t, r, "GET", "/_kmsfake/health", "")
	var health struct {
		Status, Region, Account string
		Seed                    uint64
		Now                     time.Time
	}
	if err := json.Unmarshal([]byte(text), &health); err != nil || status != 200 {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	if health.Status != "ok" || health.Region != "eu-west-1" || health.Account != "444455556666" || health.Seed != 7 || health.Now.IsZero() {
		t.Errorf("%+v", health)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r, _ := start(t, nil)
	c := client(r)
	list := func() error { _, err := c.ListKeys(t.Context(), nil); return err }
	if status, text := ask(t, r, "PUT", "/_kmsfake/faults", `[{"operation": "ListKeys", "error": "Throttled"}]`); status != 200 || !strings.Contains(text, `"ListKeys"`) {
		t.Fatalf("put: %d %s", status, text)
	}
	if list() == nil {
		t.Error("no fault")
	}
	if status, text := ask(t, r, "GET", "/_kmsfake/faults", ""); status != 200 || !strings.Contains(text, `"fired": 1`) {
		t.Errorf("get: %d %s", status, text)
	}
	for _, wrong := range []string{`[{"operation": "ListKey", "error": "Throttled"}]`, `{`, ``, strings.Repeat(" ", largestBody+1)} {
		if status, text := ask(t, r, "PUT", "/_kmsfake/faults", wrong); status != 400 || !strings.Contains(text, `"error"`) {
			t.Errorf("put %.40q: %d %s", wrong, status, text)
		}
	}
	if list() == nil {
		t.Error("a refused PUT took the fault away")
	}
	if status, text := ask(t, r, "PUT", "/_kmsfake/faults", `[{"operation": "CreateKey", "error": "Throttled"}]`); status != 200 || strings.Contains(text, "ListKeys") {
		t.Errorf("put: %d %s", status, text)
	}
	if err := list(); err != nil {
		t.Errorf("a replaced fault: %v", err)
	}
	if status, text := ask(t, r, "DELETE", "/_kmsfake/faults", ""); status != 200 || strings.TrimSpace(text) != "[]" {
		t.Errorf("delete: %d %s", status, text)
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	r, _ := start(t, nil)
	c := client(r)
	if _, err := c.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(4)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/none")}); err == nil {
		t.Fatal("DescribeKey found alias/none")
	}
	_, text := ask(t, r, "GET", "/_kmsfake/calls", "")
	var calls []struct {
		Operation, Region, RequestID string
		Time                         time.Time
		Input                        struct{ NumberOfBytes int }
		Output                       *struct{ Plaintext []byte }
		Error                        *struct{ Type, Message string }
	}
	if err := json.Unmarshal([]byte(text), &calls); err != nil || len(calls) != 2 {
		t.Fatalf("%v in\n%s", err, text)
	}
	random, described := calls[0], calls[1]
	if random.Operation != "GenerateRandom" || random.Region != "eu-west-1" || random.Input.NumberOfBytes != 4 || random.Output == nil ||
		len(random.Output.Plaintext) != 4 || random.Error != nil || random.RequestID == "" || random.Time.IsZero() {
		t.Errorf("%+v", random)
	}
	if described.Output != nil || described.Error == nil || described.Error.Type != "NotFoundException" || !strings.Contains(described.Error.Message, "alias/none") {
		t.Errorf("%+v", described)
	}
}

// A page of another origin drives nothing, whatever it asks by.
func TestWebPagesAreKeptOut(t *testing.T) {
	t.Parallel()
	r, _ := start(t, nil)
	own := strings.TrimPrefix(r.URL(), "http://")
	for _, test := range []struct {
		name   string
		header []string
		status int
	}{
		{"no browser", nil, 200},
		{"typed into the address bar", []string{"Sec-Fetch-Site", "none"}, 200},
		{"its own page", []string{"Sec-Fetch-Site", "same-origin", "Origin", r.URL()}, 200},
		{"another container", []string{"Host", "kmsfake:4566"}, 200},
		{"another name of this machine", []string{"Host", "app.localhost:4566"}, 200},
		{"IPv6", []string{"Host", "[::1]:4566"}, 200},
		{"a page of another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a page of another port", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an older browser", []string{"Origin", "https://evil.example"}, 403},
		{"another port in an older browser", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"a sandboxed page", []string{"Origin", "null"}, 403},
		{"DNS rebinding", []string{"Host", "evil.example:4566"}, 421},
		{"DNS rebinding as the same origin", []string{"Host", "evil.example", "Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"}, 421},
		{"an address within a name", []string{"Host", "127.0.0.1.evil.example"}, 421},
		{"a port that is none", []string{"Host", own + ".evil.example"}, 421},
	} {
		for _, endpoint := range []struct{ method, path, body string }{
			{"GET", "health", ""}, {"POST", "advance", "1s"}, {"POST", "reset", ""}, {"GET", "dump", ""}, {"GET", "calls", ""},
			{"GET", "faults", ""}, {"PUT", "faults", "[]"}, {"DELETE", "faults", ""},
		} {
			status, text := ask(t, r, endpoint.method, "/_kmsfake/"+endpoint.path, endpoint.body, test.header...)
			if status != test.status {
				t.Errorf("%s: %s %s: %d %s, want %d", test.name, endpoint.method, endpoint.path, status, text, test.status)
			}
		}
	}
	for _, endpoint := range []struct {
		method, path string
		status       int
	}{
		{"GET", "advance", 405}, {"GET", "reset", 405}, {"POST", "dump", 405}, {"POST", "faults", 405}, {"OPTIONS", "faults", 405}, {"GET", "", 404}, {"GET", "none", 404},
	} {
		if status, _ := ask(t, r, endpoint.method, "/_kmsfake/"+endpoint.path, ""); status != endpoint.status {
			t.Errorf("%s %s: %d, want %d", endpoint.method, endpoint.path, status, endpoint.status)
		}
	}
}

// Stop lets calls end that will, and breaks off those that will not.
func TestStop(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	s, err := New(Config{
		Addr: "127.0.0.1:0", Region: "us-east-1", Account: "111122223333", Logger: slog.New(slog.NewTextHandler(log, nil)),
		Faults: []kmsfake.Fault{{Operation: "ListKeys", Error: kmsfake.Timeout}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Start()
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() {
		_, err := client(r).ListKeys(context.Background(), nil)
		waiting <- err
	}()
	for r.Fake().Injections()[0].Fired() == 0 {
		runtime.Gosched()
		select {
		case err := <-waiting:
			t.Fatalf("the call did not wait: %v", err)
		default:
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Stop(ended); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if err := <-waiting; err == nil {
		t.Error("the call succeeded")
	}
	if _, err := http.Get(r.URL() + "/_kmsfake/health"); err == nil {
		t.Error("the server is still there")
	}
}

func TestWarnsWhenOthersReachIt(t *testing.T) {
	t.Parallel()
	for addr, warns := range map[string]bool{"127.0.0.1:0": false, "[::1]:0": false, "0.0.0.0:0": true, ":0": true} {
		_, log := start(t, func(c *Config) { c.Addr = addr })
		if strings.Contains(log.String(), "level=WARN") != warns {
			t.Errorf("%s: %s", addr, log)
		}
	}
}

// The broken answers of faults pass through the access log.
func TestLoggedAnswersBreak(t *testing.T) {
	t.Parallel()
	r, _ := start(t, func(c *Config) { c.Faults = []kmsfake.Fault{{Operation: "ListKeys", Error: kmsfake.ConnectionReset}} })
	_, err := client(r).ListKeys(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "connection reset") {
		t.Errorf("got %v", err)
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys := write("keys.json", `[{"id": "`+keyID+`", "aliases": ["alias/app"]}]`)
	faults := write("faults.json", `[{"operation": "ListKeys", "error": "Throttled"}]`)
	wrong := write("wrong.json", "[\n{\"spec\": \"AES\"}]")
	twice := write("twice.json", `[{"id": "`+keyID+`"}, {"id": "`+keyID+`", "region": "us-east-1"}]`)
	for _, test := range []struct {
		args   []string
		status int
		stderr string
	}{
		{[]string{"-h"}, 0, "-keys file"},
		{[]string{"-no"}, 2, "flag provided but not defined: -no"},
		{[]string{"serve"}, 2, `kmsfake takes no arguments, but "serve" is one`},
		{[]string{"-account", "12"}, 2, `kmsfake: -account: "12" is not 12 digits`},
		{[]string{"-region", "Ohio"}, 2, `kmsfake: -region: "Ohio" is not the name of a Region`},
		{[]string{"-keys", filepath.Join(dir, "none")}, 2, "no such file"},
		{[]string{"-keys", wrong}, 2, `wrong.json: kmsfake: read keys: line 2: key 1: spec: there is no key spec "AES"`},
		{[]string{"-keys", twice}, 2, "key 2 (" + keyID + "): id: "},
		{[]string{"-faults", wrong}, 2, "wrong.json: kmsfake: reading faults: line 2, column"},
		{[]string{"-addr", "127.0.0.1:http-no"}, 1, "unknown port"},
	} {
		var stdout, stderr bytes.Buffer
		status := Main(t.Context(), test.args, &stdout, &stderr)
		if status != test.status || !strings.Contains(stderr.String(), test.stderr) || stdout.Len() > 0 {
			t.Errorf("%v: status %d\n%s%s", test.args, status, &stdout, &stderr)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr := &banner{written: make(chan struct{})}, &logBuffer{}
	done := make(chan int, 1)
	go func() {
		done <- Main(ctx, []string{"-addr", "127.0.0.1:0", "-seed", "3", "-keys", keys, "-faults", faults}, stdout, stderr)
	}()
	select {
	case status := <-done:
		t.Fatalf("status %d\n%s", status, stderr)
	case <-stdout.written:
	}
	_, rest, _ := strings.Cut(stdout.String(), "serves AWS KMS at ")
	url, _, _ := strings.Cut(rest, "\n")
	for _, part := range []string{
		"account 111122223333, Region us-east-1, seed 3, 1 keys", "AWS_ENDPOINT_URL_KMS=" + url, "--endpoint-url " + url, "boto3", url + "/_kmsfake/advance",
	} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("%q is not in\n%s", part, stdout)
		}
	}
	response, err := http.Get(url + "/_kmsfake/dump")
	if err != nil {
		t.Fatal(err)
	}
	dump, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if !strings.Contains(string(dump), keyID) {
		t.Errorf("the key is not in\n%s", dump)
	}
	response, err = http.Get(url + "/_kmsfake/faults")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	cancel()
	if status := <-done; status != 0 {
		t.Errorf("status %d\n%s", status, stderr)
	}
}

// The guard decides on the path that the multiplexer sees, not on what it is
// cleaned to.
func TestGuardCoversEveryPath(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Region: "us-east-1", Account: "111122223333"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/_kmsfake/reset", "/_kmsfake//reset", "/_kmsfake/./reset", "//_kmsfake/reset", "/x/../_kmsfake/reset", "/_kmsfake%2freset"} {
		r := httptest.NewRequest("POST", "http://127.0.0.1"+path, nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		before := s.Fake()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if s.Fake() != before || w.Code == 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// The time can be moved as any client of HTTP would ask for it.
func TestAdvanceInEveryForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query, body string
		by          time.Duration // 0 is refused
	}{
		{"", "90m", 90 * time.Minute},
		{"", "5400", 90 * time.Minute},
		{"", `"90m"`, 90 * time.Minute},
		{"", `{"duration": "90m"}`, 90 * time.Minute},
		{"", `{"seconds": 5400}`, 90 * time.Minute},
		{"?duration=90m", "", 90 * time.Minute},
		{"?seconds=5400", "", 90 * time.Minute},
		{"", "", 0},
		{"", "{}", 0},
		{"", `{"minutes": 90}`, 0},
		{"", `{"seconds": "soon"}`, 0},
		{"", `{"duration": "-1h"}`, 0},
		{"", `{"seconds": 5} junk`, 0},
		{"", `{"seconds": 5}{"seconds": 5}`, 0},
		{"", `{"duration": "90m", "seconds": 5}`, 0},
	} {
		r, _ := start(t, nil)
		before := r.Fake().Now()
		status, text := ask(t, r, "POST", "/_kmsfake/advance"+test.query, test.body)
		passed := r.Fake().Now().Sub(before)
		switch {
		case test.by == 0:
			if status != 400 || passed > time.Minute {
				t.Errorf("%s %s: %d %s, and %v passed", test.query, test.body, status, text, passed)
			}
		case status != 200 || passed < test.by || passed > test.by+time.Minute:
			t.Errorf("%s %s: %d %s, and %v passed", test.query, test.body, status, text, passed)
		}
	}
}
