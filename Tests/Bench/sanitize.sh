#!/usr/bin/env bash
# The tests under the address sanitizer, with undefined behaviour in our C a trap (Swift itself has no sanitizer for that on
# Linux).
#
#     Tests/Bench/sanitize.sh [FILTER]
#
# All but three suites: of crashes, whose signals the sanitizer takes, of kills, and of the program in tmux. The build takes
# half as long again as a debug build from nothing. Leaks are not looked for: the TOML parser's strings and the Swift
# runtime's records are never given back. With FARMTOP_FUZZ_SECONDS=60 every parser is fed for a minute as well.
set -euo pipefail
cd "$(dirname "$0")/../.."
export ASAN_OPTIONS=detect_leaks=0 FARMTOP_TRAP_UNDEFINED=1
swift test --disable-xctest --scratch-path .build-sanitized --sanitize=address \
    --filter "${1:-.*}" --skip 'RescueTests|KillTests|StoryTests'
