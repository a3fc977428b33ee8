#!/usr/bin/env bash
# How many lines of each target the tests run, counting what the programs run that they start.
#
#     Tests/Bench/coverage.sh [SCRATCH]
#
# A build of its own in SCRATCH (.build-coverage unless given); of its tests all but the kills, which leave no counts.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=${1:-.build-coverage}
counts=$(mktemp -d)
trap 'rm -rf "$counts"' EXIT
swift build --build-tests --disable-xctest --enable-code-coverage --scratch-path "$scratch"
tests=$scratch/debug/farmtopPackageTests.xctest
LLVM_PROFILE_FILE=$counts/%p.profraw "$tests" --testing-library swift-testing --skip KillTests
tools=$(dirname "$(readlink -f "$(command -v swift)")")
"$tools/llvm-profdata" merge --sparse "$counts"/*.profraw -o "$counts/all"
"$tools/llvm-cov" report "$tests" --object "$scratch/debug/farmtop" --instr-profile "$counts/all" --ignore-filename-regex 'checkouts|/Tests/|\.build' |
    awk 'NF > 12 && $1 ~ "/" { sub(".*Sources/", "", $1); sub("/.*", "", $1); lines[$1] += $8; missed[$1] += $9 }
        END { for (target in lines) printf "%-18s %6d lines %6.1f %%\n", target, lines[target], 100 - 100 * missed[target] / lines[target] }' |
    sort
