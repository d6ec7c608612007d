# lowrank: `make all` reproduces the study, `make test` checks the numerics, `make help` lists the rest.

STUDY   ?= experiments/paper.yaml
SEEDS   ?=
THREADS ?=
DATA    ?= auto
RESULTS ?= experiments/results
FIGURES ?= figures
PREFIX  ?= /usr/local
PYTHON  ?= python3
FUZZ    ?= 200000
BENCH   ?= .
ifdef MNIST_DIR
export MNIST_DIR
endif

LOWRANK := .build/release/lowrank
PEERS   := experiments/peers
OPTIONS  = --data $(DATA) $(if $(THREADS),--threads $(THREADS)) --results "$(RESULTS)"
RUN      = $(LOWRANK) run "$(STUDY)" $(if $(SEEDS),--seeds $(SEEDS)) $(OPTIONS) --figures "$(FIGURES)"

.PHONY: all beyond baseline part1 part2 part3 part4 figures report verify quick setup build install test test-long lint format fuzz \
  mutation oddities headers interop torture sanitize bench scaling svd-sizes compare clean help

all: build ## Set up, get the data, build, run the study, draw the figures, write the report.
	@$(RUN)

beyond: ## The same with experiments/beyond.yaml: smaller networks that are more accurate.
	@$(MAKE) --no-print-directory all STUDY=experiments/beyond.yaml

# These also run what they need: the baseline for a part, the results for figures and report.
baseline part1 part2 part3 part4 figures report: build
	@$(RUN) --only $@

verify: build ## Run the study again from its manifest, in a temporary folder; compare every digest and value.
	@$(LOWRANK) verify --study "$(STUDY)" $(if $(SEEDS),--seeds $(SEEDS)) $(OPTIONS)

quick: build ## The whole study in a minute: built-in digits, a small network.
	@$(LOWRANK) run experiments/quick.yaml $(OPTIONS) --figures "$(FIGURES)"

setup: ## Install missing system packages (apt-get).
	@scripts/install-packages.sh

build: setup $(LOWRANK) ## Build the program, optimised.

# A folder is newer after a file in it was removed. The program counts as old as the beginning of its build, so that sources which
# change during the build are newer. It keeps a record of what it was built from beside it.
$(LOWRANK): Package.swift $(shell find Sources)
	@mkdir -p .build && touch .build/began
	swift build -c release --product lowrank
	@touch -r .build/began $@
	@rm -f $(@D)/sources.json && $@ sources > .build/sources.json && mv .build/sources.json $(@D)/sources.json

install: build ## Install the program and its shell completions below PREFIX.
	install -D $(LOWRANK) "$(DESTDIR)$(PREFIX)/bin/lowrank"
	mkdir -p "$(DESTDIR)$(PREFIX)/share/lowrank"
	$(LOWRANK) sources > "$(DESTDIR)$(PREFIX)/share/lowrank/sources.json"
	mkdir -p "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions"
	$(LOWRANK) --generate-completion-script bash > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lowrank"
	$(LOWRANK) --generate-completion-script zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_lowrank"

test: setup ## Build and run the tests: a line a suite, failures in full, the worst ratios (ARGS="--filter SVD").
	@scripts/test.py $(ARGS)

test-long: setup ## The SVDs' cases ten times, with random seeds.
	@LOWRANK_TESTS=10 scripts/test.py --filter LinearAlgebraTests $(ARGS)

SWIFT_FILES := Sources Tests Benchmarks Fuzzing Package.swift
lint: ## Check the format of all Swift files.
	swift format lint --strict --recursive $(SWIFT_FILES)

format: ## Format all Swift files.
	swift format format --in-place --recursive $(SWIFT_FILES)

# The seed of both is LOWRANK_FUZZ_SEED, 1 if it is not set; see Fuzzing/README.md and Tests/TestSupport/Fuzz.swift.
fuzz: setup ## Give the readers of weights and images FUZZ broken files each, by libFuzzer and by a seeded loop.
	@scripts/fuzz.sh $(FUZZ)
	LOWRANK_FUZZ=$(FUZZ) swift test --filter Fuzz

mutation: setup ## Plant faults one at a time; show which are caught by the tests of their area (MUTATION="study report:3").
	@$(PYTHON) scripts/mutation $(MUTATION)

oddities: build ## Give the built program odd input and odd surroundings: a line each (ODDITIES="figures").
	@$(PYTHON) scripts/oddities $(ODDITIES)

torture: build ## Kill a study, fill its disk, change its threads; the bytes must be the same (TORTURE="kills --seed 2").
	swift build --product lowrank
	@scripts/torture.py --program $(LOWRANK) $(TORTURE)

# Foundation and XCTest keep objects until the process ends, which would count as leaks. A program under ThreadSanitizer does
# not start where files may not grow, and gets its signals late: these tests are left out there.
sanitize: setup ## All tests under AddressSanitizer, then under ThreadSanitizer.
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build/address
	TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/thread-sanitizer.txt swift test --sanitize=thread --scratch-path .build/thread \
	  --skip '[fF]ullDisk|diskTooFull|secondSignal'

# Measurements need a quiet machine.
svd-sizes: build ## Measure the SVDs against size; draw the figures.
	@$(LOWRANK) svd-sizes --output "$(RESULTS)/svd/sizes.csv"
	@$(LOWRANK) figures svd --table "$(RESULTS)/svd/sizes.csv" --figures "$(FIGURES)"

# The kernels are those that the program sets (PinnedKernels.swift).
PINNED = $(if $(shell grep -m1 avx2 /proc/cpuinfo),OPENBLAS_CORETYPE=Haswell) OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 LOWRANK_THREADS=$(THREADS)
TABLE  = $(PINNED) Benchmarks/.build/release/Table --filter '$(BENCH)'
TIMES := Benchmarks/.benchmarkBaselines/Timing/latest

# Without the touch, SwiftPM would not see new source files of the main package.
bench: setup ## Time the pieces; FLOP/s of each, and the share of sgemm's (see Benchmarks/README.md).
	@touch Benchmarks/Package.swift
	swift build --package-path Benchmarks -c release --product Table
	@rm -rf $(TIMES)
	@$(TABLE)
	@$(PINNED) swift package --package-path Benchmarks --allow-writing-to-package-directory \
	  benchmark baseline update latest --filter '.*($(BENCH)).*' $$([ -t 1 ] || echo --no-progress)
	@$(TABLE) $(TIMES)/results.json

scaling: build ## Measure a training step against width, rank and batch; draw the figure.
	@touch Benchmarks/Package.swift
	swift build --package-path Benchmarks -c release --product Scaling
	@$(PINNED) Benchmarks/.build/release/Scaling --output "$(RESULTS)/scaling/scaling.csv"
	@$(LOWRANK) figures scaling --table "$(RESULTS)/scaling/scaling.csv" --figures "$(FIGURES)"

# The SVDs are taken of the trained baseline. A smoke run installs nothing, and writes no table where there is no PyTorch.
LOCATE = $(LOWRANK) locate --study "$(STUDY)" --data $(DATA) --results "$(RESULTS)" $(if $(SEEDS),--seeds $(firstword $(SEEDS)))
PEERS_PYTHON = $(if $(SMOKE),$(or $(wildcard $(PEERS)/.venv/bin/python),$(PYTHON)),$(PEERS)/.venv/bin/python)
compare: baseline $(if $(SMOKE),,$(PEERS)/.venv/made) ## Compare with PyTorch and NumPy; draw the figure (SMOKE=1: only see that it works).
	@touch Benchmarks/Compare/Package.swift
	swift build -c release --package-path Benchmarks/Compare --scratch-path .build/compare --product peer-work
	@$(PEERS_PYTHON) $(PEERS)/compare.py --program .build/compare/release/peer-work --study "$(STUDY)" $(if $(SMOKE),--smoke) \
	  --data "$$($(LOCATE) dataset)" --weights "$$($(LOCATE) baseline)" --threads $(or $(THREADS),$(shell nproc)) --output "$(RESULTS)/compare.csv"
	@[ ! -e "$(RESULTS)/compare.csv" ] || $(LOWRANK) figures compare --table "$(RESULTS)/compare.csv" --figures "$(FIGURES)"

headers: build $(PEERS)/.venv/made ## Give odd weight files to the safetensors library and to lowrank; both must accept the same.
	@$(PEERS)/.venv/bin/python $(PEERS)/headers.py --program $(LOWRANK)

INTEROP_VENV := .build/interop-venv
interop: build $(INTEROP_VENV)/made $(if $(TORCH),$(INTEROP_VENV)/torch) ## Compress models of other libraries, read the results there (TORCH=1: PyTorch too; INTEROP="sharded").
	@$(INTEROP_VENV)/bin/python scripts/interop --program $(LOWRANK) $(INTEROP)

$(INTEROP_VENV)/made: scripts/interop/requirements.txt
	rm -rf $(@D) && $(PYTHON) -m venv $(@D) && $(@D)/bin/pip install --quiet --no-deps --requirement $<
	@touch $@

$(INTEROP_VENV)/torch: scripts/interop/requirements-torch.txt $(INTEROP_VENV)/made
	$(@D)/bin/pip install --quiet --requirement $<
	@touch $@

$(PEERS)/.venv/made: $(PEERS)/requirements.txt
	rm -rf $(@D) && $(PYTHON) -m venv $(@D) && $(@D)/bin/pip install --quiet --requirement $<
	@touch $@

clean: ## Remove the builds, and the weights of finished runs; results and figures stay.
	swift package clean
	rm -rf Fuzzing/.build Benchmarks/.build "$(RESULTS)"/*/*/weights

help: ## List the targets.
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  %-10s %s\n", $$1, $$2 }'
	@printf '%s\n' '  baseline, part1, part2, part3, part4, figures, report: one step of the study, with what it needs' '' \
	  'Settings (make TARGET NAME=value):' \
	  '  STUDY      the study file                       experiments/paper.yaml' \
	  '  SEEDS      seeds, such as "1 2 3" or 1-5        the study file'"'"'s' \
	  '  THREADS    results do not depend on it          all processors that it may use' \
	  '  DATA       auto, mnist or digits                auto' \
	  '  MNIST_DIR  the folder of its four files         data/mnist, downloaded there' \
	  '  RESULTS    where results go                     experiments/results' \
	  '  FIGURES    where figures go                     figures' \
	  '  PREFIX     where make install puts the program  /usr/local' \
	  '  FUZZ       inputs for each reader (make fuzz)   $(FUZZ)' \
	  '  BENCH      part of a name (make bench)          all; a regular expression, such as SVD'
