package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/aws-http-auth/credentials"
	"github.com/aws/smithy-go/aws-http-auth/sigv4"
	v4 "github.com/aws/smithy-go/aws-http-auth/v4"
)

func TestSigningKeyIsThatOfThePublishedExample(t *testing.T) {
	key := signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")
	const want = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
	if got := hex.EncodeToString(key); got != want {
		t.Errorf("key %s, want %s", got, want)
	}
}

// signedHere are the headers that the caller signs.
type signedHere struct{}

func (signedHere) IsSigned(name string) bool {
	return slices.Contains(strings.Split(signedHeaders, ";"), strings.ToLower(name))
}

func TestRequestsBearTheSignatureOfAnIndependentSigner(t *testing.T) {
	const host = "127.0.0.1:7788"
	c := &httpCaller{signer: newSigner(rootKey, rootSecret, host)}
	c.build(host)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name   string
		number int
		at     time.Time
		to     string
	}{
		{"first", 0, noon, "+33610000000"},
		{"same second, another body", 1234567, noon, "+33611234567"},
		{"next second", 8, noon.Add(time.Second), "+33610000008"},
		{"next day, another scope", 9, noon.Add(24 * time.Hour), "+33610000009"},
		{"more numbers than digits", 12345678, noon, "+33612345678"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(c.request(tc.number, tc.at))))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(request.Body)
			if err != nil {
				t.Fatal(err)
			}
			sent := map[string]string{}
			if err := json.Unmarshal(body, &sent); err != nil || sent["DestinationPhoneNumber"] != tc.to {
				t.Errorf("body %s (%v), want it for %s", body, err, tc.to)
			}
			got := request.Header.Get("Authorization")
			request.Header.Del("Authorization")
			request.Body = &seekable{bytes.NewReader(body)}
			if err := sigv4.New(func(o *v4.SignerOptions) { o.HeaderRules = signedHere{} }).SignRequest(&sigv4.SignRequestInput{
				Request:     request,
				Credentials: credentials.Credentials{AccessKeyID: rootKey, SecretAccessKey: rootSecret},
				Service:     service, Region: region, Time: tc.at,
			}); err != nil {
				t.Fatal(err)
			}
			if want := request.Header.Get("Authorization"); got != want {
				t.Errorf("Authorization\n got %s\nwant %s", got, want)
			}
		})
	}
}

type seekable struct{ *bytes.Reader }

func (seekable) Close() error { return nil }

func TestReadAnswer(t *testing.T) {
	cases := []struct {
		name   string
		wire   string
		status int
		body   string
		fails  bool
	}{
		{name: "accepted", wire: "HTTP/1.1 200 OK\r\nDate: now\r\ncontent-length: 2\r\n\r\n{}", status: 200},
		{name: "refused", wire: "HTTP/1.1 400 Bad Request\r\nContent-Length:4\r\n\r\noops", status: 400, body: "oops"},
		{name: "no length", wire: "HTTP/1.1 200 OK\r\n\r\n", fails: true},
		{name: "length is no number", wire: "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", fails: true},
		{name: "length beyond reason", wire: "HTTP/1.1 400 Bad\r\nContent-Length: 9999999999\r\n\r\n", fails: true},
		{name: "cut in the body", wire: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", fails: true},
		{name: "cut in the headers", wire: "HTTP/1.1 200 OK\r\nContent-", fails: true},
		{name: "status is no number", wire: "HTTP/1.1 OK\r\n\r\n", fails: true},
		{name: "not HTTP", wire: "SSH-2.0-x y\r\n", fails: true},
		{name: "nothing", wire: "", fails: true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(tc.wire + "rest"))
			if tc.fails {
				r = bufio.NewReader(strings.NewReader(tc.wire))
			}
			status, body, err := readAnswer(r)
			if (err != nil) != tc.fails {
				t.Fatalf("error %v", err)
			}
			if tc.fails {
				return
			}
			if rest, _ := io.ReadAll(r); status != tc.status || string(body) != tc.body || string(rest) != "rest" {
				t.Errorf("status %d, body %q, rest %q", status, body, rest)
			}
		})
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("HTTP/1.1 400 Bad\r\nContent-Length: -7\r\n\r\n"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		_, body, err := readAnswer(bufio.NewReader(bytes.NewReader(wire)))
		if err == nil && len(body) > len(wire) {
			t.Errorf("%d octets of body from %d on the wire", len(body), len(wire))
		}
	})
}
