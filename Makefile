.DEFAULT_GOAL := help
.PHONY: help check test race bench demo build fuzz golden model event-models

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

build: ## build the regwire binary
	go build -o bin/regwire ./cmd/regwire

check: ## what to run before a commit: format, vet, lint, short tests
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not formatted:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go test -short ./...

test: ## all tests; TEST_DATABASE_URL=postgres://… runs them on PostgreSQL too
	go test ./...

race: ## all tests under the race detector
	go test -race ./...

bench: ## benchmarks, each beside the bare libraries doing the same work
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## fuzz every target for ten seconds
	@for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$f$$" -fuzztime 10s $$p || exit 1; \
		done; \
	done

golden: ## rewrite the golden files; read the diff before you commit it
	go test ./... -update

model: ## train the sentiment model again; DATA=folder of the sets named in docs/model-card.md
	go run ./sentiment/polarity/train -data "$(DATA)" -out sentiment/polarity/data/model.bin

event-models: ## train the two small models of events again
	go run ./internal/evaluate/models -out sentiment/event/data/models.bin

demo: ## the whole way on embedded defaults: no key, no internet
	go run ./cmd/regwire demo
