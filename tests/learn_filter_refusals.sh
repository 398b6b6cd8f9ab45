#!/bin/sh
# learn_filter refuses what cannot work: status 2, one line on stderr, and
# nothing written.
#
# usage: learn_filter_refusals.sh PROGRAM
set -u
# shellcheck source=tests/learn_filter_setup.sh
. "$(dirname "$0")/learn_filter_setup.sh"

refuse_pair() # WORDS IN OUT [ROWSxCOLUMNS [OPTION...]]
{
    words=$1 in=$2 out=$3
    shift 3
    test $# -gt 0 || set -- 3x3
    refuse "$words" "../$in" "../$out" --kernel "$@"
}

convert rose: -crop 50x40+0+0 +repage -colorspace Gray crop.png
convert -size 70x46 xc:black black.png
convert -size 70x46 xc:white white.png
convert -size 70x46 xc:gray40 flat.png
convert -size 70x46 gradient: $wide ramp.png
convert small8.png -alpha set -channel A -evaluate set 50% clear.png
echo 'not a picture' >text.png
: >nothing.png
size=$(wc -c <small8.png)
head -c 20 small8.png >cut1.png
head -c $((size / 2)) small8.png >cut2.png
head -c $((size - 12)) small8.png >cut3.png
{ head -c $((size / 2)) small8.png && printf 'XXXX' &&
    tail -c +$((size / 2 + 5)) small8.png; } >spoilt.png
convert small8.png $wide -morphology Correlate '3x3: 0,0,0 0,1,0 0,0,0' same.png
ln -s small8.png link.png
mkdir folder.png

refuse 'are needed'
refuse 'are needed' ../small8.png
refuse 'are needed' ../small8.png ../same.png
refuse 'are needed' ../small8.png ../same.png ../same.png --kernel 3x3
refuse 'unrecognized option' ../small8.png ../same.png --kernel 3x3 --what
refuse 'requires an argument' ../small8.png ../same.png --kernel
for bad in '' x 3 3x 3x3x3 -3x3 3x-3 3x3.5 99999999999x3 ' 3x3' three; do
    refuse_pair 'not of the form' small8.png same.png "$bad"
done
for even in 2x3 3x4 0x3; do
    refuse_pair 'odd' small8.png same.png $even
done
refuse_pair 'too large' small8.png same.png 33x33
refuse_pair 'too large' small8.png same.png 3x1001
convert small8.png -crop 9x9+0+0 +repage tiny.png
refuse_pair 'too large' tiny.png tiny.png 11x3
refuse_pair 'too large' tiny.png tiny.png 3x11
refuse_pair 'too few' tiny.png tiny.png 7x7
refuse_pair 'No such file' missing.png same.png
refuse_pair 'No such file' small8.png missing.png
refuse_pair 'directory' folder.png same.png
for file in text nothing; do
    refuse_pair 'not a PNG' $file.png same.png
    refuse_pair 'not a PNG' small8.png $file.png
done
for file in cut1 cut2 cut3; do
    refuse_pair 'cut off' $file.png same.png
    refuse_pair 'cut off' small8.png $file.png
done
refuse_pair 'spoilt.png' spoilt.png same.png
refuse_pair 'transparent' clear.png same.png
refuse_pair 'is 50x40 pixels' crop.png same.png
refuse_pair 'nothing is left' small8.png black.png
refuse_pair 'nothing is left' small8.png white.png
refuse_pair 'varies too little' flat.png flat.png
refuse_pair 'varies too little' black.png flat.png
refuse_pair 'varies too little' flat.png small8.png
refuse_pair 'varies too little' ramp.png ramp.png
refuse_pair 'written over' small8.png same.png 3x3 --image ../small8.png
refuse_pair 'written over' small8.png same.png 3x3 --image ../link.png
refuse_pair 'written over' small8.png same.png 3x3 --image k.png \
    --kernel-image k.png
refuse_pair 'No such file' small8.png same.png 3x3 --image nowhere/image.png
refuse_pair 'No such file' small8.png same.png 3x3 --kernel-image nowhere/k.png
refuse_pair 'directory' small8.png same.png 3x3 --image ../folder.png

if [ -c /dev/full ]; then
    (cd empty && exec "$program" ../small8.png ../same.png --kernel 3x3) \
        >/dev/full 2>stderr
    check "a full stdout: status" test $? = 2
    check "a full stdout: one line" test "$(wc -l <stderr)" -eq 1
    check "a full stdout: nothing written" test -z "$(ls -A empty)"
fi

finish
