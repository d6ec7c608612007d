# lowrank: `make all` reproduces the study, `make test` checks the numerics, `make help` lists the rest.

STUDY   ?= experiments/paper.yaml
SEEDS   ?= $(shell sed -n 's/^seed:[[:space:]]*\([0-9][0-9]*\).*/\1/p' $(STUDY) 2>/dev/null)
THREADS ?= $(shell nproc)
DATA    ?= auto
RESULTS ?= experiments/results
FIGURES ?= figures
FUZZ    ?= 200000
BENCH   ?= .
ifdef MNIST_DIR
export MNIST_DIR
endif

LOWRANK := .build/release/lowrank
NAME    := $(basename $(notdir $(STUDY)))
STUDIES := all baseline part1 part2 part3 figures report

# What the SVD algorithms were measured to do, and the figures of it.
SVD_TABLE    := $(RESULTS)/svd/sizes.csv
SVD_PICTURES := $(foreach name,svd-error-by-size svd-time-by-size,$(addprefix $(FIGURES)/svd/$(name).,svg png pdf))

# How long others take for the same work, and the figure of it.
PEERS            := experiments/peers
PYTHON           ?= python3
COMPARE_TABLE    := $(RESULTS)/compare.csv
COMPARE_PICTURES := $(addprefix $(FIGURES)/compare/ratios.,svg png pdf)

# What a training step costs by size, and the figure of it.
SCALING_TABLE    := $(RESULTS)/scaling/scaling.csv
SCALING_PICTURES := $(addprefix $(FIGURES)/scaling/cost-of-a-step.,svg png pdf)

.PHONY: compare compare-figure study-compare scaling scaling-figure
.PHONY: $(STUDIES) help setup build verify test test-long mutation torture sanitize fuzz bench svd-sizes svd-figures quick clean $(addprefix study-,$(STUDIES)) FORCE
.DELETE_ON_ERROR:
# The parts of a study write to the same files, and each uses all threads.
.NOTPARALLEL:

all:      ## Set up, get the data, build, run the study, draw the figures, write the report.
baseline: ## Train the dense network.
part1:    ## Truncate it to each rank (and what that needs, as for all below).
part2:    ## Fine-tune the factors.
part3:    ## Dynamic SVD, once an epoch and in every step.
figures:  ## Draw the figures from the result files.
report:   ## Write REPORT.md from the result files.

# Figures and report need no images where there are tables: of the dataset asked for, else of MNIST, else of the digits.
TABULATED = $(firstword $(foreach dataset,$(if $(filter auto,$(DATA)),mnist digits,$(DATA)),\
              $(if $(wildcard $(RESULTS)/$(dataset)/$(NAME)/results.csv),$(dataset))))

# Which images there are is known when the data have been found; the study's own targets carry the name in their paths.
$(STUDIES): build
	@dataset=$(if $(filter figures report,$@),$(TABULATED)); \
	  dataset=$${dataset:-$$($(LOWRANK) data --study $(STUDY) --data $(DATA))} && \
	  $(MAKE) --no-print-directory study-$@ DATASET=$$dataset && echo "$@: done ($(NAME), $$dataset)"

setup: ## Install missing system packages (apt-get).
	@scripts/install-packages.sh

build: setup $(LOWRANK) ## Build the program, optimised.

# Seeds are those of the manifest; of them, those that a person asks for.
verify: build ## Run the study again from its manifest, in a temporary folder; compare every digest and number.
	@$(LOWRANK) verify --study $(STUDY) --data $(DATA) --results $(RESULTS) --threads $(THREADS) \
	  $(if $(filter-out file,$(origin SEEDS)),$(SEEDS:%=--seed %))

$(LOWRANK): Package.swift $(shell find Sources -type f)
	@mkdir -p .build && touch .build/began
	swift build -c release --product lowrank
	@touch -r .build/began $@  # sources that changed during the build are newer than it

test: setup ## Set up, then swift test.
	swift test

# The seed of both is LOWRANK_FUZZ_SEED, 1 if it is not set; see Fuzzing/README.md and Tests/TestSupport/Fuzz.swift.
fuzz: setup ## Give the readers of weights and images FUZZ broken files each, by libFuzzer and by a seeded loop.
	@scripts/fuzz.sh $(FUZZ)
	LOWRANK_FUZZ=$(FUZZ) swift test --filter Fuzz

# Of twice the cases, five runs: what Swift Testing keeps of each case makes one run of all ten slow.
test-long: setup ## The cases of the SVDs 10 times, with other seeds each time (each run says how it is repeated).
	@for run in 1 2 3 4 5; do LOWRANK_TESTS=2 swift test --filter LinearAlgebraTests || exit 1; done

mutation: setup ## Plant faults in the linear algebra one at a time; show which its tests catch.
	@scripts/mutation.py

# Minutes each; the program is the optimised one.
torture: build ## Kill a study, fill its disk, change its threads; see that it ends with the same bytes (TORTURE="kills --seed 2").
	swift build --product lowrank
	@scripts/torture.py --program $(LOWRANK) $(TORTURE)

# Foundation and XCTest keep objects to the end of a process, which counts as a leak and is none of ours. A program under
# ThreadSanitizer does not start where files may not grow, and gets its signals late: tests of full disks and of a second
# signal say nothing there.
sanitize: setup ## All tests under AddressSanitizer, then under ThreadSanitizer.
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build/address
	TSAN_OPTIONS=suppressions=$(CURDIR)/scripts/thread-sanitizer.txt swift test --sanitize=thread --scratch-path .build/thread \
	  --skip '[fF]ullDisk|diskTooFull|secondSignal'

svd-sizes: build ## Measure the SVDs against size, on a quiet machine; draw the figures.
	@$(LOWRANK) svd-sizes --output $(SVD_TABLE)
	@$(MAKE) --no-print-directory svd-figures

# Part of the study's figures; without measurements there are none.
svd-figures: $(if $(wildcard $(SVD_TABLE)),$(SVD_PICTURES))

$(SVD_PICTURES) &: $(SVD_TABLE) $(LOWRANK)
	@$(LOWRANK) svd-figures --table $(SVD_TABLE) --figures $(FIGURES)

# The kernels are those that the program sets (PinnedKernels.swift): it is their speed that is asked for.
PINNED = $(if $(shell grep -m1 avx2 /proc/cpuinfo),OPENBLAS_CORETYPE=Haswell) OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 LOWRANK_THREADS=$(THREADS)
TABLE  = $(PINNED) Benchmarks/.build/release/Table --filter '$(BENCH)'
TIMES := Benchmarks/.benchmarkBaselines/Timing/latest

# SwiftPM looks for new files of a package that another one depends on only when that one's manifest is newer than its plan.
bench: setup ## Time the pieces; FLOP/s of each, and the share of sgemm's (see Benchmarks/README.md).
	@touch Benchmarks/Package.swift
	swift build --package-path Benchmarks -c release --product Table
	@rm -rf $(TIMES)
	@$(TABLE)
	@$(PINNED) swift package --package-path Benchmarks --allow-writing-to-package-directory \
	  benchmark baseline update latest --filter '.*($(BENCH)).*' $$([ -t 1 ] || echo --no-progress)
	@$(TABLE) $(TIMES)/results.json

scaling: build ## Measure a training step against width, rank and batch, on a quiet machine; draw the figure.
	@touch Benchmarks/Package.swift
	swift build --package-path Benchmarks -c release --product Scaling
	@$(PINNED) Benchmarks/.build/release/Scaling --output $(SCALING_TABLE)
	@$(MAKE) --no-print-directory scaling-figure

scaling-figure: $(if $(wildcard $(SCALING_TABLE)),$(SCALING_PICTURES))

$(SCALING_PICTURES) &: $(SCALING_TABLE) $(LOWRANK)
	@$(LOWRANK) scaling-figure --table $(SCALING_TABLE) --figures $(FIGURES)

# The baseline is what the SVDs are taken of; where it was trained already, it is left as it is.
compare: build $(PEERS)/.venv/made ## Compare with PyTorch and NumPy, on a quiet machine; draw the figure.
	@touch Benchmarks/Compare/Package.swift
	swift build -c release --package-path Benchmarks/Compare --scratch-path .build/compare --product peer-work
	@dataset=$$($(LOWRANK) data --study $(STUDY) --data $(DATA)) && $(MAKE) --no-print-directory study-compare DATASET=$$dataset

$(PEERS)/.venv/made: $(PEERS)/requirements.txt
	rm -rf $(@D) && $(PYTHON) -m venv $(@D) && $(@D)/bin/pip install --quiet --requirement $<
	@touch $@

compare-figure: $(if $(wildcard $(COMPARE_TABLE)),$(COMPARE_PICTURES))

$(COMPARE_PICTURES) &: $(COMPARE_TABLE) $(LOWRANK)
	@$(LOWRANK) compare-figure --table $(COMPARE_TABLE) --figures $(FIGURES)

quick: ## The whole study in a minute: built-in digits, a small network.
	@$(MAKE) --no-print-directory all STUDY=experiments/quick.yaml

clean: ## Remove the build, and weights and marks of finished runs; results and figures stay.
	swift package clean
	rm -rf Fuzzing/.build Benchmarks/.build
	rm -rf $(RESULTS)/*/*/weights

help: ## List the targets.
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r target text; do \
	  printf '  %-10s %s\n' "$$target" "$$text"; done
	@printf '%s\n' '' 'Settings (make TARGET NAME=value):' \
	  '  STUDY      the study file                       experiments/paper.yaml' \
	  '  SEEDS      seeds, such as "1 2 3"               the study file'"'"'s' \
	  '  THREADS    results do not depend on it          all processors' \
	  '  DATA       auto, mnist or digits                auto' \
	  '  MNIST_DIR  a folder with the four .gz files     data/mnist, downloaded there' \
	  '  RESULTS    where results go                     experiments/results' \
	  '  FIGURES    where figures go                     figures' \
	  '  FUZZ       inputs for each reader (make fuzz)   $(FUZZ)' \
	  '  BENCH      part of a name (make bench)          all; a regular expression, such as SVD'

# ---- The study's own targets, with DATASET known. A mark in the weights' folder says when a part was last run or found to
# be up to date: the program compares fingerprints, so a part whose numbers have not changed is not run again.

ifdef DATASET
FOLDER  := $(RESULTS)/$(DATASET)/$(NAME)
MARKS   := $(FOLDER)/weights
TABLES  := $(addprefix $(FOLDER)/,results.csv history.csv spectra.csv costs.csv manifest.json)
PICTURES := $(foreach name,accuracy-by-rank accuracy-by-parameters bytes spectra learning-curves,\
              $(addprefix $(FIGURES)/$(DATASET)/$(NAME)/$(name).,svg png pdf))
PARTS    := $(foreach seed,$(SEEDS),$(addprefix $(MARKS)/seed-$(seed)/,baseline.mark part1.mark part2.mark part3.mark))
$(if $(strip $(SEEDS)),,$(error $(STUDY): seed: found no number, expected one; or set SEEDS))
OPTIONS  = --study $(STUDY) --data $(DATASET) --results $(RESULTS)
RUN      = $(LOWRANK) $(basename $(@F)) $(OPTIONS) --threads $(THREADS) --seed
# A table that was removed is made again.
LOST    := $(if $(filter-out $(wildcard $(TABLES)),$(TABLES)),FORCE)

# The tables' times are looked at when all parts have been run: by another make.
study-all: $(PARTS)
	@$(MAKE) --no-print-directory study-report
$(foreach part,baseline part1 part2 part3,$(eval study-$(part): $(SEEDS:%=$(MARKS)/seed-%/$(part).mark)))
# From the tables alone, as they are; without any, the study is run first.
study-figures: $(if $(LOST),$(PARTS)) $(MARKS)/figures.mark svd-figures compare-figure scaling-figure
study-report: study-figures $(FOLDER)/REPORT.md

TRAINED := $(MARKS)/seed-$(firstword $(SEEDS))/baseline.safetensors

study-compare: | $(TRAINED)
	@$(PEERS)/.venv/bin/python $(PEERS)/compare.py --program .build/compare/release/peer-work --study $(STUDY) \
	  --data $(DATASET) --weights $(TRAINED) --threads $(THREADS) --output $(COMPARE_TABLE)
	@$(MAKE) --no-print-directory compare-figure

$(TRAINED):
	@$(LOWRANK) baseline $(OPTIONS) --threads $(THREADS) --seed $(firstword $(SEEDS))

define seed_rules
$(MARKS)/seed-$(1)/baseline.mark: $(STUDY) $(LOWRANK) $(LOST)
	@$$(RUN) $(1)
	@touch $$@
$(MARKS)/seed-$(1)/part1.mark $(MARKS)/seed-$(1)/part2.mark $(MARKS)/seed-$(1)/part3.mark: $(MARKS)/seed-$(1)/baseline.mark
	@$$(RUN) $(1)
	@touch $$@
endef
$(foreach seed,$(SEEDS),$(eval $(call seed_rules,$(seed))))

$(MARKS)/figures.mark: $(LOWRANK) $(wildcard $(TABLES)) $(LOST) $(if $(filter-out $(wildcard $(PICTURES)),$(PICTURES)),FORCE)
	@$(LOWRANK) figures $(OPTIONS) --figures $(FIGURES)
	@mkdir -p $(@D) && touch $@

$(FOLDER)/REPORT.md: $(MARKS)/figures.mark
	@$(LOWRANK) report $(OPTIONS) --figures $(FIGURES)
	@touch $@
endif
