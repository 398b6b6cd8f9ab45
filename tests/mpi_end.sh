#!/bin/sh
# A rank that ends while others wait for it ends the job, soon, with a failure.
# usage: mpi_end.sh PROGRAM SECONDS
set -u
# shellcheck source=tests/mpi_setup.sh
. "$(dirname "$0")/mpi_setup.sh"
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"
seconds=$2

for manner in abort leave kill; do
    start=$(date +%s)
    timeout 120 mpirun -n 3 "$program" $manner >stdout 2>stderr
    status=$?
    check "$manner: fails" test $status -ne 0 -a $status -ne 124
    check "$manner: within $seconds s" \
        test $(($(date +%s) - start)) -le "$seconds"
    check "$manner: says why" test -s stderr
    case $manner in
    abort) check "abort: whose fault" \
        grep -q 'mpi_broadcast: rank 2: the data are gone' stderr ;;
    esac
done
finish
