#!/bin/sh
# Installs the build into a folder of its own, and builds and runs a program in
# C and one in C++ from there, by pkg-config, with every compiler that is here,
# and once more wholly static, with the compiler that built the library.
# Usage: consumer.sh BUILD-FOLDER COMPILER
set -eu
build=$1
compiler=$2
here=$(dirname "$0")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

meson install -C "$build" --no-rebuild --quiet --destdir "$root"
pc=$(find "$root" -name tinygrad.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
lib=$(dirname "$(dirname "$pc")")
ask() { # ask OPTIONS: what pkg-config says of what was installed
    PKG_CONFIG_PATH=$(dirname "$pc") \
        pkg-config --define-variable=prefix="$root$prefix" "$@" tinygrad
}
flags=$(ask --cflags --libs)
strict='-Wall -Wextra -Wpedantic -Werror'
built=0

try() { # try COMPILER SOURCE FLAGS: builds and runs
    command -v "$1" >/dev/null || return 0
    "$1" $3 $strict "$here/$2" -o "$root/program" $flags -lm
    LD_LIBRARY_PATH=$lib "$root/program"
    built=$((built + 1))
    echo "ok: $1 $3"
}

try gcc consumer.c -std=c11
try clang consumer.c -std=c11
try g++ consumer.cpp -std=c++17
try clang++ consumer.cpp -std=c++17
if [ "$compiler" = gcc ]; then
    flags=$(ask --cflags --libs --static)
    try gcc consumer.c '-std=c11 -static'
    try g++ consumer.cpp '-std=c++17 -static'
fi
[ "$built" -ge 2 ]
