#!/usr/bin/env bash
# Compiles the kernels for 64-bit Arm with Swift's clang, as Package.swift does, and compares them under qemu with sums in double
# precision, written as their definitions are (kernels/compare.c).
#
#     Tests/Bench/neon.sh
#
# Needs: apt-get install libc6-dev-arm64-cross libgcc-12-dev-arm64-cross binutils-aarch64-linux-gnu qemu-user
# Without them it says so and does nothing. Says nothing of the speed on a real machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="libc6-dev-arm64-cross libgcc-12-dev-arm64-cross binutils-aarch64-linux-gnu qemu-user"
root=/usr/aarch64-linux-gnu
gcc=$(ls -d /usr/lib/gcc-cross/aarch64-linux-gnu/* 2>/dev/null | tail -1 || true)
if [ ! -f "$root/include/stdlib.h" ] || [ -z "$gcc" ] || ! command -v qemu-aarch64 >/dev/null \
    || ! command -v aarch64-linux-gnu-ld >/dev/null; then
    echo "Skipped: apt-get install $tools"
    exit 0
fi
clang="$(dirname "$(readlink -f "$(command -v swift)")")/clang"
[ -x "$clang" ] || clang=$(command -v clang) || { echo "Skipped: there is no clang beside swift."; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$clang" --target=aarch64-linux-gnu -static -isystem "$root/include" -L"$root/lib" -B"$root/lib" -L"$gcc" -B"$gcc" \
    -I Sources/CKernels/include -O3 -fno-math-errno -ffp-contract=fast -Wall -Wextra -Werror \
    Tests/Bench/kernels/compare.c Sources/CKernels/*.c -lm -lpthread -o "$folder/compare"
qemu-aarch64 "$folder/compare"
