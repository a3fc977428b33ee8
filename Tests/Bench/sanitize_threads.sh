#!/usr/bin/env bash
# The tests under the thread sanitizer.
#
#     Tests/Bench/sanitize_threads.sh [FILTER]
#
# Swift's Mutex waits inside the runtime, which is not instrumented: a lock that had to be waited for looks like none to the
# sanitizer, and all that it guards like a race. So a copy of the sources is built, in .build-threads, in which every Mutex is
# one of POSIX (Tests/Bench/PosixMutex). Left out are three suites: of crashes, of kills, and of the program in tmux. Ends
# with 1 where a race was reported; the reports are in .build-threads/reports.
set -euo pipefail
cd "$(dirname "$0")/../.."
copy=$PWD/.build-threads/farmtop
reports=$PWD/.build-threads/reports
rm -rf "$reports"
mkdir -p "$copy" "$reports"
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -cf - | tar -xf - -C "$copy"
cd "$copy"
grep -rlZE '\bMutex[<(]|\.withLock\b' Sources Tests --include='*.swift' | xargs -0 sed -i -E \
    -e 's/\bMutex([<(])/PosixMutex\1/g' -e '0,/^(internal |private |public )?import /s//internal import PosixMutex\n&/'
cat >>Package.swift <<'PACKAGE'

package.targets.append(.target(name: "PosixMutex", path: "Tests/Bench/PosixMutex"))
for target in package.targets where target.name != "PosixMutex" && !target.name.hasPrefix("C") {
    target.dependencies.append("PosixMutex")
}
PACKAGE
export TSAN_OPTIONS="log_path=$reports/race exitcode=0 ${TSAN_OPTIONS:-}"
swift test --disable-xctest --sanitize=thread --filter "${1:-.*}" --skip 'RescueTests|KillTests|StoryTests' ||
    echo "Tests failed. Some have a limit of ten minutes, which the sanitizer's slowness may exceed."
races=$(cat "$reports"/* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer' || true)
echo "$races reports"
[ "$races" -eq 0 ]
