package main

import (
	"os"
	"testing"
)

func TestReferenceIsCurrent(t *testing.T) {
	want, err := Reference("..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/config.md is stale: run go generate ./config")
	}
}
