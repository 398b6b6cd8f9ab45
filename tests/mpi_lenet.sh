#!/bin/sh
# mpi_lenet: two and three ranks print the losses of one process on the joined
# batch. In f32 they part in time, since training magnifies what rounding does:
# 1e-7 until step 30, more than 1e-5 from step 40 or 60 on. In f64 all printed
# digits stay equal.
#
# usage: mpi_lenet.sh PROGRAM STEPS
set -u
# shellcheck source=tests/mpi_setup.sh
. "$(dirname "$0")/mpi_setup.sh"
data=/usr/share/datasets/fashion-mnist
test -e $data/train-images-idx3-ubyte.gz || exit 77
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"
steps=$2

# The first 4000 images, so that ranks start soon.
mkdir small
{
    printf '\000\000\010\003\000\000\017\240\000\000\000\034\000\000\000\034'
    zcat $data/train-images-idx3-ubyte.gz | tail -c +17 | head -c $((4000 * 784))
} | gzip -1 >small/train-images-idx3-ubyte.gz
{
    printf '\000\000\010\001\000\000\017\240'
    zcat $data/train-labels-idx1-ubyte.gz | tail -c +9 | head -c 4000
} | gzip -1 >small/train-labels-idx1-ubyte.gz

# Batches of 65 make unequal parts.
losses() # RANKS OUT STEPS [OPTION...]
{
    ranks=$1 out=$2 count=$3
    shift 3
    mpirun -n "$ranks" "$program" --data small --steps "$count" --print 1 \
        --batch 65 "$@" >stdout 2>stderr && grep '^step ' stdout >"$out"
}

# As many losses as there should be, each within TOLERANCE of the other.
same() # TOLERANCE COUNT A B
{
    paste "$3" "$4" | awk -v tolerance="$1" -v count="$2" '
        { error = $4 - $8 }
        $2 == $6 && $4 ~ /^[0-9]+[.][0-9]+$/ && $8 ~ /^[0-9]+[.][0-9]+$/ &&
            error <= tolerance && -error <= tolerance { good++ }
        END { print good, "of", NR; exit !(good == NR && NR == count) }'
}

check 'f64, one' losses 1 one "$steps" --f64
check 'f64, two' losses 2 two "$steps" --f64
check 'f64, two: the same losses' same 1e-8 "$steps" one two
check 'f64, two: all ranks are there' grep -q '^ranks: 2,' stdout
check 'it is the loss of a start' grep -q '^step    1  loss 2\.[23]' one
check 'f32, one' losses 1 one $((steps / 2))
check 'f32, three' losses 3 three $((steps / 2))
check 'f32, three: the same losses' same 1e-5 $((steps / 2)) one three

# Rank 0 has no rows at all.
check 'batches of one, one' losses 1 one 3 --batch 1
check 'batches of one, two' losses 2 two 3 --batch 1
check 'batches of one: the same losses' same 1e-5 3 one two

refuse 'unknown option' --what
refuse 'not a whole number' --steps many
refuse 'not within' --batch 0
refuse "rank 0: load_idx: 'nowhere/.*Debian's dataset-fashion-mnist" \
    --data nowhere
if [ -c /dev/full ]; then
    "$program" --data small --steps 1 >/dev/full 2>stderr
    check 'a full stdout: status' test $? = 2
    check 'a full stdout: what it says' grep -q 'standard output: ' stderr
fi
mpirun -n 3 "$program" --data nowhere >stdout 2>stderr
check 'three ranks without data: status' test $? = 2
check 'three ranks without data: one line' \
    test "$(grep -c '^mpi_lenet: ' stderr)" = 1
mpirun -n 2 "$program" --steps 0 >stdout 2>stderr
check 'two ranks, a bad option: status' test $? = 2
check 'two ranks, a bad option: one line' \
    test "$(grep -c '^mpi_lenet: ' stderr)" = 1
helps
finish
