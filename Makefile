# The tools below are pinned; everything else comes from go.mod and Debian.
GOLANGCI   := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VERSION    := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT     := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS    := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
LOOPBACK   := ./scripts/loopback-only
FUZZTIME   ?= 10m
# SQLite is C made Go, with locks of its own: to watch each of its reads and writes
# takes the race detector most of its time, and none of them is ours.
UNWATCHED  := -gcflags='modernc.org/sqlite/lib=-race=false' -gcflags='modernc.org/libc/...=-race=false'

.DEFAULT_GOAL := help

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

build: ## bin/heliograph, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/heliograph ./cmd/heliograph

image: ## the container image heliograph, with its version in it
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t heliograph .

run: build ## the server of `heliograph dev` on this computer
	./bin/heliograph dev

demo: build ## the published sender ID procedures, and what the handsets show
	./bin/heliograph dev --listen 127.0.0.1:0 --console-listen 127.0.0.1:0 -- ./scripts/demo

deps: ## what the tests need: Debian packages, Go modules and node-smpp
	./scripts/install-test-tools
	go mod download
	cd compat && go mod download
	@cmp -s compat/package-lock.json compat/node_modules/installed || { npm ci --silent --prefix compat && cp compat/package-lock.json compat/node_modules/installed; }

test: deps verify lint ## everything, on a fresh machine too: what fails does not keep the rest from running
	@failed=; for part in race compat; do $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; done; \
	test -z "$$failed" || { echo "make test: failed:$$failed"; exit 1; }

race: deps ## the tests of every package under the race detector, loopback only
	$(LOOPBACK) go test -race $(UNWATCHED) -timeout 30m ./...

lint: ## go vet and the linters of .golangci.yml
	go vet ./...
	cd compat && go vet ./...
	go run $(GOLANGCI) run --timeout 10m ./...

generate: ## the files made from the model and from comments
	go generate ./...

verify: ## formatting, and generated files are what generate makes
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run gofmt -w on these"; exit 1; }
	go generate ./...
	@git diff --exit-code --stat -- '*_gen.go' docs || { echo "generated files differ: run make generate and commit them"; exit 1; }

fuzz: ## each fuzz target for FUZZTIME (10m); seeds are in testdata/fuzz of its package
	./scripts/fuzz $(FUZZTIME)

bench: build ## messages per second beside the machine's bare limit, medians of five; then what a million opt-outs cost
	go run ./bench
	go run ./bench -opt-outs 1000000

compat: build deps ## official clients against the real binary: AWS CLIs, Go, JavaScript and Python SDKs, SMPP peers, crash tests
	@rm -f bin/figures.txt
	cd compat && HELIOGRAPH_BINARY=$(CURDIR)/bin/heliograph HELIOGRAPH_FIGURES=$(CURDIR)/bin/figures.txt ../$(LOOPBACK) go test -timeout 30m -count=1 ./...
	@echo "measured:"; cat bin/figures.txt

.PHONY: help build image run demo deps test race lint generate verify fuzz bench compat
