package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"heliograph/api/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGeneratorWritesTheGoldenFiles(t *testing.T) {
	data, err := os.ReadFile("testdata/model.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		compareFile(t, golden, got)
	}
}

func TestCommittedFilesAreWhatTheGeneratorWrites(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := Generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range files {
		compareFile(t, filepath.Join("..", name), got)
	}
	committed, err := filepath.Glob("../*_gen.go")
	if err != nil || len(committed) != len(files) {
		t.Errorf("%d files are generated, %d are there (%v)", len(files), len(committed), err)
	}
}

func compareFile(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the generator writes: run go generate ./api", name)
	}
}

func TestSequenceTellsPlainPatternsFromOthers(t *testing.T) {
	cases := map[string]bool{
		`[A-Z]{2}`:                true,
		`\+?[1-9][0-9]{1,18}`:     true,
		`arn:\S+`:                 true,
		`.*`:                      true,
		`s3://([a-z]{3,63})/(.+)`: true,
		`[0-9]{0,2}\.[0-9]{1,5}`:  true,
		`[a-z][a-z.]*[a-z]`:       false, // the middle may take what the end needs
		`(a|b)c`:                  true,  // parsed as the class [ab]
		`(https://|s3://).+`:      false,
		`[a-z]{2}(-[A-Z]{2})?`:    false,
		`[à-ü]+`:                  false,
		`(?!x)a`:                  false,
		`[0-9]?[a-z]?[0-9]`:       false,
		`[0-9]?[a-z][0-9]`:        true,
	}
	for expression, want := range cases {
		if _, got := sequence(expression); got != want {
			t.Errorf("sequence(%s) = %v", expression, got)
		}
	}
}

func TestCamelSpellsConstantsAsTheSDKsDo(t *testing.T) {
	cases := map[string]string{
		"TEN_DLC": "TenDlc", "sender-id": "SenderId", "StartsWith": "StartsWith",
		"ES_419": "Es419", "TRANSACTIONAL": "Transactional",
	}
	for value, want := range cases {
		if got := camel(value); got != want {
			t.Errorf("camel(%s) = %s", value, got)
		}
	}
}
