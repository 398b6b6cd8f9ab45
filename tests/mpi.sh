#!/bin/sh
# Runs PROGRAM, a test of several ranks, as two and as three.
# usage: mpi.sh PROGRAM
set -eu
# shellcheck source=tests/mpi_setup.sh
. "$(dirname "$0")/mpi_setup.sh"

for ranks in 2 3; do
    mpirun -n $ranks "$1"
done
