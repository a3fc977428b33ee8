#!/usr/bin/env bash
# The tests that feed C code and parsers, under the address sanitizer and then the undefined-behaviour sanitizer: kernels,
# JPEG decoding with its corpus, models, broken input.
#
#     Tests/Bench/sanitize.sh [FILTER]
#
# The first build of each takes as long as a debug build from nothing. XCTest is left out: it leaks on its own account.
set -euo pipefail
cd "$(dirname "$0")/../.."
filter=${1:-'ImagingTests|DetectorTests|FuzzTests|MultipartTests|JSONTests'}
for sanitizer in address undefined; do
    echo "== $sanitizer"
    swift test --disable-xctest --scratch-path ".build-$sanitizer" --sanitize="$sanitizer" --filter "$filter"
done
