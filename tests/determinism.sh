#!/bin/sh
# Trains the network of determinism.c 20 times on 1, 2, 3, 4 and 8 threads, in
# builds by gcc and clang at -O0, -O2 and -O3, and prints the checksum of each
# build: fails if the runs of one build differ. Builds may: compilers order
# additions differently. By hand; takes some minutes.
# Usage: determinism.sh [RUNS]
set -eu
runs=${1:-20}
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() { # check COMPILER LEVEL
    build=$work/$1-$2
    CC=$1 meson setup "$build" "$top" -Doptimization="$2" -Dtests=disabled \
        -Dexamples=disabled >/dev/null
    ninja -C "$build" >/dev/null
    "$1" -O1 -I "$top/include" "$top/tests/determinism.c" \
        -o "$build/determinism" -L "$build" -Wl,-rpath,"$build" -ltinygrad
    for threads in 1 2 3 4 8; do
        i=0
        while [ $((i += 1)) -le "$runs" ]; do
            "$build/determinism" "$threads"
        done
    done | sort -u >"$build/sums"
    printf '%s -O%s: %s\n' "$1" "$2" "$(tr '\n' ' ' <"$build/sums")"
    [ "$(wc -l <"$build/sums")" -eq 1 ]
}

for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    for level in 0 2 3; do
        check "$compiler" "$level"
    done
done
