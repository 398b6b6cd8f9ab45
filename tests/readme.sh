#!/bin/sh
# The C example under a heading of the README is what the program has between
# its two marks, and no longer than so many lines.
# Usage: readme.sh README PROGRAM.c HEADING LINES
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n "/^## $3\$/,/^## /p" "$1" | sed -n '/^```c$/,/^```$/p' |
    sed '1d;$d' >"$folder/readme"
sed -n '/README begins/,/README ends/p' "$2" | sed '1d;$d; s/^    //' \
    >"$folder/program"
[ -s "$folder/program" ]
[ "$(wc -l <"$folder/program")" -le "$4" ]
diff "$folder/readme" "$folder/program"
