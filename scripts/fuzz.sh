#!/usr/bin/env bash
# Gives each reader inputs made by libFuzzer, from the files in Fuzzing/Seeds on: as many as the argument says, or 200000.
# LOWRANK_FUZZ_SEED is libFuzzer's seed, 1 if it is not set. An input that fails is kept in Fuzzing/.build/failures.
set -euo pipefail
cd "$(dirname "$0")/../Fuzzing"

# --sanitize fuzzer gives SwiftPM the entry point; the compiler uses only the last -sanitize list.
swift build -c release --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld
mkdir -p .build/failures
# Crashes are libFuzzer's to report, not Swift's; and the same seed is to give the same inputs.
export SWIFT_BACKTRACE=enable=no SWIFT_DETERMINISTIC_HASHING=1

# fuzz TARGET SEEDS [OPTION…]: the lines about each new input are left out.
fuzz() {
  local seeds=("$2"/*)
  echo "$1: ${runs} inputs"
  ".build/release/$1" -runs="$runs" -seed="${LOWRANK_FUZZ_SEED:-1}" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
    -malloc_limit_mb=64 -keep_seed=1 -seed_inputs="$(IFS=,; echo "${seeds[*]}")" -artifact_prefix=.build/failures/ \
    -print_funcs=0 -print_final_stats=1 "${@:3}" 2>&1 |
    grep --line-buffered -vE '^#[0-9]+\s+(NEW|REDUCE)|^(INFO|Dictionary|stat::average|"|###)'
}

runs=${1:-200000}
fuzz FuzzSafeTensors Seeds/safetensors -dict=Seeds/safetensors.dict
fuzz FuzzIDX Seeds/idx
