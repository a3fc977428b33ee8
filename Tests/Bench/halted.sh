#!/usr/bin/env bash
# The tests in a process that is halted again and again, as on a machine that is busy with something else: what then fails depends
# on speed.
#
#     swift build --build-tests && Tests/Bench/halted.sh [FILTER] [SECONDS THAT IT RUNS] [SECONDS THAT IT IS HALTED]
#
# Programs that a test starts are not halted. Takes about twice as long as the tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
filter=${1:-.} runs=${2:-8} halted=${3:-7}

.build/debug/farmtopPackageTests.xctest --testing-library swift-testing --filter "$filter" &
tests=$!
trap 'kill -CONT "$tests" 2>/dev/null && kill "$tests" || true' EXIT
while sleep "$runs" && kill -STOP "$tests" 2>/dev/null; do
    sleep "$halted"
    kill -CONT "$tests"
done
wait "$tests"
