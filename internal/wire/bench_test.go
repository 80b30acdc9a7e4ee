package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

var (
	encryptInput = &kms.EncryptInput{
		KeyId: aws.String("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"), Plaintext: make([]byte, 32),
	}
	encryptOutput = &kms.EncryptOutput{
		KeyId: encryptInput.KeyId, CiphertextBlob: make([]byte, 184), EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
	}
)

// canned answers every request with the same bytes.
type canned []byte

func (c canned) header() http.Header {
	return http.Header{"Content-Type": {contentType}, "X-Amzn-Requestid": {testID}}
}

func (c canned) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: c.header(), Body: io.NopCloser(bytes.NewReader(c)), ContentLength: int64(len(c)), Request: r}, nil
}

func (c canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	for name, values := range c.header() {
		w.Header()[name] = values
	}
	_, _ = w.Write(c)
}

func benchmarkEncrypt(b *testing.B, client *kms.Client) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Encrypt(context.Background(), encryptInput); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClientEncrypt compares a client on a backend that does nothing with
// the same client against a canned answer.
func BenchmarkClientEncrypt(b *testing.B) {
	body, err := AppendOutput(nil, "Encrypt", encryptOutput)
	if err != nil {
		b.Fatal(err)
	}
	h := NewHandler(&stub{invoke: func(context.Context, Identity, string, any) (any, string, error) { return encryptOutput, testID, nil }})
	b.Run("in process/canned", func(b *testing.B) { benchmarkEncrypt(b, clientOf(b, canned(body))) })
	b.Run("in process/served", func(b *testing.B) { benchmarkEncrypt(b, clientOf(b, NewTransport(h))) })
	for name, handler := range map[string]http.Handler{"canned": canned(body), "served": h} {
		b.Run("loopback/"+name, func(b *testing.B) {
			server := httptest.NewServer(handler)
			defer server.Close()
			benchmarkEncrypt(b, clientOf(b, server.Client(), func(o *kms.Options) { o.BaseEndpoint = aws.String(server.URL) }))
		})
	}
}

func BenchmarkTransport(b *testing.B) {
	h := NewHandler(&stub{invoke: func(context.Context, Identity, string, any) (any, string, error) { return encryptOutput, testID, nil }})
	body, err := AppendInput(nil, "Encrypt", encryptInput)
	if err != nil {
		b.Fatal(err)
	}
	r := request(string(body))
	r.Header.Set("X-Amz-Target", "TrentService.Encrypt")
	sign(b, r, string(body), aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
	transport := NewTransport(h)
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(body))
		resp, err := transport.Do(r)
		if err != nil || resp.StatusCode != 200 {
			b.Fatal(resp, err)
		}
	}
}

func BenchmarkDecodeInput(b *testing.B) {
	body, err := AppendInput(nil, "Encrypt", encryptInput)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeInput("Encrypt", body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendOutput(b *testing.B) {
	var body []byte
	var err error
	b.ReportAllocs()
	for b.Loop() {
		if body, err = AppendOutput(body[:0], "Encrypt", encryptOutput); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	r := request("{}")
	sign(b, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", signedAt)
	var v Verifier
	b.ReportAllocs()
	for b.Loop() {
		c, err := ParseAuthorization(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(r, c, []byte("{}"), testSecret, "", signedAt); err != nil {
			b.Fatal(err)
		}
	}
}
