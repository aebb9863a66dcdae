package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxAnswer bounds the body of an answer, in octets.
const maxAnswer = 1 << 20

// httpCaller sends messages over one kept connection. It speaks HTTP/1.1 itself:
// net/http's client costs the machine several times as much CPU, which on a few
// cores would be the gateway's.
type httpCaller struct {
	conn   net.Conn
	answer *bufio.Reader
	signer *signer
	head   []byte // of the request, up to the time stamp
	body   []byte
	number []byte // the digits in body that change
	buffer []byte
}

func dialCaller(ctx context.Context, host, keyID, secret string) (*httpCaller, error) {
	dialer := net.Dialer{}
	conn, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	c := &httpCaller{conn: conn, answer: bufio.NewReader(conn), signer: newSigner(keyID, secret, host)}
	c.build(host)
	return c, nil
}

// build makes the parts of the request that stay.
func (c *httpCaller) build(host string) {
	start := `{"DestinationPhoneNumber":"+` + numberPrefix
	c.body = append([]byte(start), bytes.Repeat([]byte{'0'}, numberDigits)...)
	c.body = append(c.body, `","OriginationIdentity":"`+senderID+`","MessageBody":"`+messageText+`"}`...)
	c.number = c.body[len(start) : len(start)+numberDigits]
	c.head = []byte("POST / HTTP/1.1\r\nHost: " + host +
		"\r\nContent-Type: " + contentType +
		"\r\nContent-Length: " + strconv.Itoa(len(c.body)) +
		"\r\nX-Amz-Target: " + target +
		"\r\nX-Amz-Date: ")
}

// send signs one SendTextMessage, posts it and waits for the answer.
func (c *httpCaller) send(_ context.Context, number int) error {
	if _, err := c.conn.Write(c.request(number, time.Now())); err != nil {
		return err
	}
	status, body, err := readAnswer(c.answer)
	if err != nil {
		return fmt.Errorf("the gateway's answer: %w", err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("the gateway answered %d: %s", status, body)
	}
	return nil
}

func (c *httpCaller) request(number int, now time.Time) []byte {
	putDigits(c.number, number)
	c.signer.at(now)
	b := append(c.buffer[:0], c.head...)
	b = append(b, c.signer.stamp...)
	b = append(b, "\r\nAuthorization: "...)
	b = c.signer.appendAuthorization(b, c.body)
	b = append(b, "\r\n\r\n"...)
	b = append(b, c.body...)
	c.buffer = b
	return b
}

// readAnswer reads an HTTP/1.1 answer that bears a Content-Length. The body is
// kept of a refusal alone.
func readAnswer(r *bufio.Reader) (status int, body []byte, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	fields := bytes.Fields(line)
	if len(fields) < 2 || !bytes.HasPrefix(fields[0], []byte("HTTP/1.1")) {
		return 0, nil, fmt.Errorf("not HTTP/1.1: %q", line)
	}
	if status, err = strconv.Atoi(string(fields[1])); err != nil {
		return 0, nil, fmt.Errorf("status: %w", err)
	}
	length, err := readHeaders(r)
	if err != nil {
		return 0, nil, err
	}
	if status == http.StatusOK {
		_, err = r.Discard(length)
		return status, nil, err
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return status, body, err
}

// readHeaders reads up to the empty line and gives the Content-Length.
func readHeaders(r *bufio.Reader) (length int, err error) {
	length = -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, fmt.Errorf("content-length: %w", err)
			}
		}
	}
	if length < 0 || length > maxAnswer {
		return 0, errors.New("no usable Content-Length")
	}
	return length, nil
}
