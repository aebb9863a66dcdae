package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"
)

const (
	algorithm     = "AWS4-HMAC-SHA256"
	signedHeaders = "content-type;host;x-amz-date;x-amz-target"
	contentType   = "application/x-amz-json-1.0"
	target        = "PinpointSMSVoiceV2.SendTextMessage"
	region        = "eu-west-1"
	service       = "sms-voice"
	stampLayout   = "20060102T150405Z"
)

// signer signs requests with Signature Version 4. Of one host and operation only
// time and body change, so the rest of the canonical request is built once and
// the signing key once a day. It is used by one goroutine.
type signer struct {
	keyID, secret string
	before, after string // of the canonical request, around the time stamp

	second int64
	stamp  string // X-Amz-Date of second
	scope  string // of stamp's day
	mac    hash.Hash
	buffer []byte
}

func newSigner(keyID, secret, host string) *signer {
	return &signer{
		keyID:  keyID,
		secret: secret,
		before: "POST\n/\n\ncontent-type:" + contentType + "\nhost:" + host + "\nx-amz-date:",
		after:  "\nx-amz-target:" + target + "\n\n" + signedHeaders + "\n",
	}
}

// at sets the time of the next signature, to the second.
func (s *signer) at(now time.Time) {
	if now.Unix() == s.second {
		return
	}
	s.second = now.Unix()
	s.stamp = now.UTC().Format(stampLayout)
	day := s.stamp[:8]
	if scope := day + "/" + region + "/" + service + "/aws4_request"; scope != s.scope {
		s.scope = scope
		s.mac = hmac.New(sha256.New, signingKey(s.secret, day, region, service))
	}
}

// signingKey derives the key of a day, Region and service from a secret.
func signingKey(secret, day, region, service string) []byte {
	key := []byte("AWS4" + secret)
	for _, step := range []string{day, region, service, "aws4_request"} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(step))
		key = mac.Sum(nil)
	}
	return key
}

// appendAuthorization appends the value of the Authorization header.
func (s *signer) appendAuthorization(b, body []byte) []byte {
	b = append(b, algorithm+" Credential="...)
	b = append(b, s.keyID...)
	b = append(b, '/')
	b = append(b, s.scope...)
	b = append(b, ", SignedHeaders="+signedHeaders+", Signature="...)
	return s.appendSignature(b, body)
}

func (s *signer) appendSignature(b, body []byte) []byte {
	canonical := append(s.buffer[:0], s.before...)
	canonical = append(canonical, s.stamp...)
	canonical = append(canonical, s.after...)
	hashed := sha256.Sum256(body)
	canonical = hex.AppendEncode(canonical, hashed[:])
	hashed = sha256.Sum256(canonical)

	text := append(canonical[:0], algorithm+"\n"...)
	text = append(text, s.stamp...)
	text = append(text, '\n')
	text = append(text, s.scope...)
	text = append(text, '\n')
	text = hex.AppendEncode(text, hashed[:])
	s.buffer = text[:0]

	s.mac.Reset()
	s.mac.Write(text)
	return hex.AppendEncode(b, s.mac.Sum(hashed[:0]))
}
