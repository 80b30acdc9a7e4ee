package kmsfake_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/kmsfake"
)

// canned answers every request with the same bytes: what the SDK costs alone.
type canned []byte

// recordAnswer is the body that the fake answers Encrypt with.
func recordAnswer(b *testing.B, f *kmsfake.Fake, in *kms.EncryptInput) canned {
	var body canned
	client := f.Client(func(o *kms.Options) {
		served := o.HTTPClient
		o.HTTPClient = smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			response, err := served.Do(r)
			if err == nil {
				body, err = io.ReadAll(response.Body)
				response.Body = io.NopCloser(bytes.NewReader(body))
			}
			return response, err
		})
	})
	must(client.Encrypt(b.Context(), in))
	return body
}

const cannedID = "7a2c0f0e-4f4e-4a25-9c43-0a4b8d9b3f11"

func (c canned) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, ContentLength: int64(len(c)), Request: r, Body: io.NopCloser(bytes.NewReader(c)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {cannedID}},
	}, nil
}

func (c canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header()["Content-Type"] = []string{"application/x-amz-json-1.1"}
	w.Header()["X-Amzn-Requestid"] = []string{cannedID}
	_, _ = w.Write(c)
}

// BenchmarkClientEncrypt compares the client with the same client against a
// canned answer, in process and over loopback with connections that are kept.
func BenchmarkClientEncrypt(b *testing.B) {
	fake, id := withKey("alias/bench")
	in := &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, 32)}
	body := recordAnswer(b, fake, in)
	run := func(name string, client *kms.Client) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(client.Encrypt(context.Background(), in))
			}
		})
	}
	run("in-process/canned", fake.Client(func(o *kms.Options) { o.HTTPClient = body }))
	run("in-process/fake", fake.Client())
	for _, server := range []struct {
		name    string
		handler http.Handler
	}{{"loopback/canned", body}, {"loopback/fake", fake}} {
		s := httptest.NewServer(server.handler)
		run(server.name, fake.Client(func(o *kms.Options) { o.BaseEndpoint, o.HTTPClient = &s.URL, s.Client() }))
		s.Close()
	}
}

// BenchmarkEndpoint has 1,000 callers at once on one endpoint, and reports the
// memory that is in use afterwards.
func BenchmarkEndpoint(b *testing.B) {
	fake, id := withKey("alias/bench")
	server := httptest.NewServer(fake)
	defer server.Close()
	transport := &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000, MaxConnsPerHost: 1000}
	defer transport.CloseIdleConnections()
	client := fake.Client(noRetry, func(o *kms.Options) {
		o.BaseEndpoint, o.HTTPClient = aws.String(server.URL), &http.Client{Transport: transport}
	})
	const callers = 1000
	in := &kms.EncryptInput{KeyId: &id, Plaintext: make([]byte, 32)}
	round := func() {
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				if _, err := client.Encrypt(context.Background(), in); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	// The journal is full after the first rounds, and memory is flat from there.
	for range 12 {
		round()
	}
	before := inUse()
	for b.Loop() {
		round()
	}
	b.ReportMetric(float64(inUse()-before)/1024, "KiB-grown")
	b.ReportMetric(float64(callers)*float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
