#!/bin/sh
# lenet_fashion learns from Fashion-MNIST itself; skipped where Debian's package
# dataset-fashion-mnist is missing.
#
# usage: lenet_fashion_real.sh PROGRAM PERCENT OPTION...; the least PERCENT of
# the test that is right
set -u
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

least=$2
shift 2
"$program" "$@" >stdout 2>stderr
status=$?
if [ $status = 2 ] && grep -q dataset-fashion-mnist stderr; then
    cat stderr
    exit 77
fi
check 'it ends well' test $status = 0
tail -n 1 stdout
right=$(sed -n 's/^.* right: \([0-9.]*\) %$/\1/p' stdout)
check "at least $least %" \
    awk "BEGIN { exit !(${right:-0} >= $least) }"
parameters=$(sed -n 's/^[a-z]*: \([0-9]*\) parameters.*/\1/p' stdout)
check 'at most 400000 parameters' test "${parameters:-999999}" -le 400000
finish
