# shellcheck shell=sh
# What the tests under mpirun share. To be sourced. Ends the test as skipped
# (77) where there is no mpirun. The settings are Open MPI's: more ranks than
# cores, which do not spin while they wait; root, and no ptrace, in containers.
# MPI itself leaks at its end; the tests count what the library leaves.

command -v mpirun >/dev/null || exit 77
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMP_NUM_THREADS=1
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
