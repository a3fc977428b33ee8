#!/usr/bin/env bash
# The tests under the address sanitizer and the undefined-behaviour sanitizer at once.
#
#     Tests/Bench/sanitize.sh [FILTER]
#
# All but three suites: of crashes, whose signals the sanitizer takes, of kills, and of the program in tmux. The build takes
# half as long again as a debug build from nothing. Leaks are not looked for: the TOML parser's strings and the Swift
# runtime's records are never given back. Say FARMTOP_FUZZ_SECONDS=60 to feed every parser for a minute as well.
set -euo pipefail
cd "$(dirname "$0")/../.."
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
swift test --disable-xctest --scratch-path .build-sanitized --sanitize=address --sanitize=undefined \
    --filter "${1:-.*}" --skip 'RescueTests|KillTests|StoryTests'
