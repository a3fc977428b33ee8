#!/usr/bin/env bash
# Feeds every parser broken input for SECONDS each (60 unless given), under the address sanitizer with --asan.
#
#     Tests/Bench/fuzz.sh [--asan] [SECONDS]
#
# A parser that traps ends the run; the input that did it is farmtop-fuzz-PARSER-PROCESS.last in the temporary folder. Copy it to
# Tests/FuzzTests/Corpus/PARSER/ and mend the parser: the tests replay the corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
options=(--disable-xctest --filter FuzzTests)
if [ "${1:-}" = --asan ]; then
    options+=(--sanitize=address --scratch-path .build-address)
    shift
fi
FARMTOP_FUZZ_SECONDS=${1:-60} swift test "${options[@]}"
