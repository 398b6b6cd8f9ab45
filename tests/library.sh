#!/bin/sh
# What the shared library shows to the world, and what its sources may not do.
# Usage: library.sh LIBRARY SOURCE-FOLDER
set -u
library=$1
src=$2/src
failed=0

refuse() { # refuse WHAT FOUND
    [ -z "$2" ] && return
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
}

exported=$(nm -D --defined-only "$library" | awk '{ print $3 }')
[ -n "$exported" ] || refuse 'exports' 'nothing'
refuse 'exported without tg_' "$(echo "$exported" |
    grep -vE '^tg_|^__(asan|ubsan|odr_asan|sancov)' || true)"
objdump -p "$library" | grep -q 'SONAME *libtinygrad\.so\.[0-9]' ||
    refuse 'SONAME' 'missing'
sources=$(find "$src" -name '*.[ch]')
[ -n "$sources" ] || refuse 'sources' 'none'
refuse 'ends the process or prints' "$(grep -nE \
    '(^|[^a-z_])(abort|exit|_exit|assert|printf|puts|perror|longjmp)[[:space:]]*\(' \
    $sources || true)"
refuse 'walks around the rooms' "$(grep -n '#include "\.\./' $sources || true)"
for file in $(grep -l '<ut[a-z]*\.h>' $sources); do
    grep -q 'HASH_NONFATAL_OOM 1' "$file" ||
        refuse 'uthash that ends the process' "$file"
done
exit $failed
