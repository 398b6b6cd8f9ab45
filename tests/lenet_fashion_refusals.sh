#!/bin/sh
# lenet_fashion refuses what cannot work: status 2, one line on stderr.
#
# usage: lenet_fashion_refusals.sh PROGRAM png|no-png
set -u
# shellcheck source=tests/lenet_fashion_setup.sh
. "$(dirname "$0")/lenet_fashion_setup.sh"

# A data set that is right but for FILE, which is as stdin is.
spoil() # WORDS FILE
{
    rm -rf spoilt && cp -R data spoilt && cat >"spoilt/$2"
    refuse "$1" --data ../spoilt
}

refuse 'unknown option' --what
refuse 'lenet or cnn' --model vgg
refuse 'not within' --epochs 0
refuse 'not a whole number' --batch many
refuse 'which --checkpoint' --resume

refuse 'dataset-fashion-mnist' --data ../nowhere
refuse 'dataset-fashion-mnist' --data ..
head -c 9000 data/$images >cut.idx
spoil 'ends too soon' $images <cut.idx
head -c 100 data/$labels >cut.idx
spoil 'ends too soon' $labels <cut.idx
echo 'these are no images' >text
spoil 'not an IDX file' $images <text
spoil 'not N of 28x28' $images <data/$labels
spoil 'one for each image' $labels <data/t10k-labels-idx1-ubyte
spoil 'one for each image' $labels <data/$images
{ head -c 100 data/$labels && printf '\012' && tail -c +102 data/$labels; } >ten
spoil 'label 92 is 10' $labels <ten

small='--data ../data --batch 16 --limit 32 --epochs 1'
try() # WORDS OPTION...
{
    words=$1
    shift
    # shellcheck disable=SC2086
    refuse "$words" $small "$@"
}

# shellcheck disable=SC2086
(cd empty && "$program" $small --checkpoint ../lenet.checkpoint --metrics \
    ../lenet.csv >../stdout 2>../stderr)
check 'a small training' test $? = 0
mkdir folder
head -c 5000 lenet.checkpoint >cut.checkpoint
echo 'what,is,this' >other.csv
try 'is there already' --checkpoint ../lenet.checkpoint
try 'is there already' --checkpoint ../folder
try 'No such file' --checkpoint ../nowhere/checkpoint
try 'No such file' --resume --checkpoint ../nowhere
try '--model lenet, not cnn' --resume --checkpoint ../lenet.checkpoint \
    --model cnn
try '--seed 1, not 2' --resume --checkpoint ../lenet.checkpoint --seed 2
try 'images 32, not 16' --resume --checkpoint ../lenet.checkpoint --limit 16
cp -R data others
tr '\377' '\376' <data/$images >others/$images # a little darker
try 'data of checksum' --resume --checkpoint ../lenet.checkpoint --data ../others
try 'cut.checkpoint' --resume --checkpoint ../cut.checkpoint
try 'lenet.csv' --resume --checkpoint ../lenet.csv
try 'other columns' --resume --checkpoint ../lenet.checkpoint --metrics \
    ../other.csv
check 'it is untouched' grep -q 'what,is,this' other.csv
try 'No such file' --metrics ../nowhere/metrics
if [ "$2" = png ]; then
    try 'No such file' --kernels ../nowhere/kernels.png
else
    try 'libpng' --kernels kernels.png
fi

if [ -c /dev/full ]; then
    # shellcheck disable=SC2086
    (cd empty && exec "$program" $small) >/dev/full 2>stderr
    check 'a full stdout: status' test $? = 2
    check 'a full stdout: what it says' grep -q 'standard output' stderr
fi
finish
