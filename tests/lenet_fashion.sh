#!/bin/sh
# lenet_fashion learns from a small data set, and the same from the same seed.
#
# usage: lenet_fashion.sh PROGRAM png|no-png
set -u
# shellcheck source=tests/lenet_fashion_setup.sh
. "$(dirname "$0")/lenet_fashion_setup.sh"

learn() # NAME OPTION...: what it leaves is called NAME.checkpoint, ...
{
    name=$1
    shift
    "$program" --data data --batch 16 --warmup 0 --lr 0.01 --epochs 3 \
        --checkpoint "$name.checkpoint" --metrics "$name.csv" "$@" \
        >stdout 2>stderr
    check "$name ends well" test $? = 0
}

helps
learn lenet
check 'lenet tells the bars apart' grep -q '^50 of 50 right: 100.00 %$' stdout
check 'it says so of each' grep -q '^9 ankle boot .* 5  *100.0 %$' stdout
check 'a bar for each epoch' grep -q '^epoch 3  13/13 ' stderr
check 'a header and a row for each epoch' test "$(wc -l <lenet.csv)" -eq 4
check 'the last row' grep -q '^39,3,.*,100$' lenet.csv

learn again --threads 1
check 'the same from the same seed' cmp lenet.checkpoint again.checkpoint
check 'the same numbers' cmp lenet.csv again.csv
learn other --seed 2
check 'another from another' test -n "$(cmp lenet.checkpoint other.checkpoint)"
learn lenet --resume
check 'the end is the end' cmp lenet.checkpoint again.checkpoint
check 'and is tested' grep -q '^50 of 50 right: 100.00 %$' stdout

learn cnn --model cnn
check 'cnn tells the bars apart' grep -q '^50 of 50 right: 100.00 %$' stdout
check 'cnn is small' test "$(sed -n 's/^cnn: \([0-9]*\) .*/\1/p' stdout)" \
    -le 400000
learn few --limit 20
check 'a limit' grep -q '20 images to learn from, 20 for the test' stdout

if [ "$2" = png ]; then
    learn drawn --kernels kernels.png --limit 20
    check 'a picture' test "$(head -c 4 kernels.png | tail -c 3)" = PNG
fi
finish
