#!/usr/bin/env bash
# Compares the kernels in float32 of each instruction set of this machine with sums in double precision (kernels/compare.c), under
# the address sanitizer and with undefined behaviour an error. Those in bfloat16 and int8 have tests of their own.
#
#     Tests/Bench/kernels.sh
#
# Takes less than a minute. Needs the clang beside swift; without it, it says so and does nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
clang="$(dirname "$(readlink -f "$(command -v swift)")")/clang"
[ -x "$clang" ] || { echo "Skipped: there is no clang beside swift."; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$clang" -fuse-ld=lld -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
    -I Sources/CKernels/include -fno-math-errno -ffp-contract=fast -Wall -Wextra -Werror \
    Tests/Bench/kernels/compare.c Sources/CKernels/*.c -lm -lpthread -o "$folder/compare"
for instructions in portable AVX2 AVX-512 NEON; do
    "$folder/compare" "$instructions"
done
