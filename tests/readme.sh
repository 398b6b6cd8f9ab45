#!/bin/sh
# The README's C example is what the program has between its two marks.
# Usage: readme.sh README PROGRAM.c
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n '/^```c$/,/^```$/p' "$1" | sed '1d;$d' >"$folder/readme"
sed -n '/README begins/,/README ends/p' "$2" | sed '1d;$d; s/^    //' \
    >"$folder/program"
[ -s "$folder/program" ]
diff "$folder/readme" "$folder/program"
