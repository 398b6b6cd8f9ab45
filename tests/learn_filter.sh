#!/bin/sh
# learn_filter finds the filters again that ImageMagick applied to a photograph.
#
# usage: learn_filter.sh PROGRAM SECONDS
# SECONDS: how long a 5x5 filter of 512x512 pixels may take.
set -u
# shellcheck source=tests/learn_filter_setup.sh
. "$(dirname "$0")/learn_filter_setup.sh"
seconds=$2

# ---------------------------------------------------------- making the pairs

# Makes pair.in.png and pair.out.png, of ROWSxCOLUMNS TAPS in reading order.
pair() # IN ROWSxCOLUMNS TAPS [METHOD [OPTION...]]
{
    filter="${2#*x}x${2%x*}: $(echo $3 | tr ' ' ,)"
    method=${4:-Correlate}
    case $1 in *16.png) depth=$wide ;; *) depth=$narrow ;; esac
    rm -f pair.*.png
    cp "$1" pair.in.png
    shift $(($# < 4 ? $# : 4))
    convert pair.in.png "$@" -morphology "$method" "$filter" $depth pair.out.png
}

sobel='-1 0 1  -2 0 2  -1 0 1'
gaussian=$(awk 'BEGIN {
    for (i = -2; i <= 2; i++)
        for (j = -2; j <= 2; j++)
            sum += g[i, j] = exp(-(i * i + j * j) / 2)
    for (i = -2; i <= 2; i++)
        for (j = -2; j <= 2; j++)
            printf "%.8f ", g[i, j] / sum
}')
lopsided='0.05 -0.1 0.2 0.1 0.02  0.15 0.3 0.2 -0.05 0.05  0 0.1 -0.1 0.04 0.03'
turned=$(echo $lopsided | awk '{ for (i = NF; i; i--) printf "%s ", $i }')

# --------------------------------------------------------- what is expected

learn() # ROWSxCOLUMNS [OPTION...]
{
    rm -f kernel.png image.png
    "$program" pair.in.png pair.out.png --kernel "$@" \
        --kernel-image kernel.png --image image.png >stdout 2>stderr
}

# As many taps were printed as there should be, each within TOLERANCE.
kernel_is() # ROWSxCOLUMNS TAPS TOLERANCE
{
    awk -v rows="${1%x*}" -v columns="${1#*x}" -v taps="$2" \
        -v tolerance="$3" '
        left > 0 { left--; for (i = 1; i <= NF; i++) found[++n] = $i }
        $1 == "kernel" { left = rows }
        END {
            wrong = split(taps, tap) != rows * columns || n != rows * columns
            for (i = 1; i <= n; i++) {
                error = found[i] - tap[i]
                if (found[i] !~ /^-?[0-9]+[.][0-9]+$/ ||
                    !(error <= tolerance && -error <= tolerance)) {
                    print "tap", i, "is", found[i], "instead of", tap[i]
                    wrong = 1
                }
            }
            exit wrong
        }' stdout
}

# "over N pixels (M clipped ones left out)": both are at least this.
counted() # COMPARED CLIPPED
{
    counts=$(sed -n 's/.* over \([0-9]*\) pixels (\([0-9]*\) clipped.*/\1 \2/p' \
        stdout)
    echo "$counts" | awk -v n="$1" -v m="$2" 'NF == 2 && $1 >= n && $2 >= m {
        ok = 1 } END { exit !ok }'
}

# Where the kernel reaches, the picture written is within a gray level of OUT.
# (Clipped pixels, too: what is written is clipped in the same way.)
reproduced() # ROWSxCOLUMNS
{
    case $(identify -format %z pair.out.png) in 16) level=1 ;; *) level=257 ;; esac
    convert pair.out.png image.png -colorspace Gray -compose difference \
        -composite -shave "$((${1#*x} / 2))x$((${1%x*} / 2))" \
        -format '%[fx:w*h] %[fx:maxima*65535]' info: |
        awk -v level="$level" '{
            print $1, "pixels differ by at most", $2 / level, "gray levels"
            ok = $1 > 1000 && $2 ~ /^[0-9]/ && $2 <= 1.01 * level
        } END { exit !ok }'
}

pictures() # ROWSxCOLUMNS: the files are whole and as large as they should be
{
    test "$(identify -format '%wx%h %z' image.png)" = \
        "$(identify -format '%wx%h %z' pair.out.png)" &&
        side=$(identify -format '%w %h' kernel.png) &&
        test "$((${side% *} * ${1%x*}))" = "$((${side#* } * ${1#*x}))"
}

# The filter of the pair is found again, without a warning.
recover() # NAME ROWSxCOLUMNS TAPS TOLERANCE COMPARED CLIPPED [OPTION...]
{
    name=$1 size=$2 taps=$3 tolerance=$4 least=$5 clipped=$6
    shift 6
    check "$name: ends well" learn "$size" "$@"
    check "$name: no warning" test ! -s stderr
    check "$name: kernel to $tolerance" kernel_is "$size" "$taps" "$tolerance"
    check "$name: pixels are counted" counted "$least" "$clipped"
    check "$name: OUT is reproduced" reproduced "$size"
    check "$name: pictures" pictures "$size"
}

# ---------------------------------------------------------------- recovering

for bits in 8 16; do
    case $bits in 8) near=0.005 ;; *) near=0.001 ;; esac

    pair gray$bits.png 3x3 "$sobel"
    recover "Sobel, clipped, $bits bit" 3x3 "$sobel" $near 100000 100000
    pair small$bits.png 3x3 "$sobel"
    recover "small Sobel, clipped, $bits bit" 3x3 "$sobel" $near 1000 1000
    pair gray$bits.png 3x3 "$sobel" Correlate -bias 50%
    recover "Sobel with a bias, $bits bit" 3x3 "$sobel" $near 200000 10000
    pair gray$bits.png 5x5 "$gaussian"
    recover "Gaussian, $bits bit" 5x5 "$gaussian" $near 258000 0
    pair small$bits.png 5x5 "$gaussian"
    recover "small Gaussian, $bits bit" 5x5 "$gaussian" $near 2700 0
    pair gray$bits.png 3x5 "$lopsided"
    recover "lopsided, $bits bit" 3x5 "$lopsided" $near 259000 0
    pair small$bits.png 3x5 "$lopsided"
    recover "small lopsided, $bits bit" 3x5 "$lopsided" $near 2900 0
done

pair gray16.png 3x5 "$lopsided" Convolve
recover "a convolution is turned" 3x5 "$turned" 0.001 259000 0
pair gray16.png 3x5 "$lopsided"
recover "without an offset" 3x5 "$lopsided" 0.001 259000 0 --no-offset
pair gray16.png 1x3 '0.25 0.5 0.25'
recover "a kernel with room to spare" 3x3 '0 0 0 0.25 0.5 0.25 0 0 0' 0.001 \
    260000 0
pair gray16.png 1x1 0.75
recover "a single tap" 1x1 0.75 0.001 262000 0
pair colour8.png 3x5 "$lopsided"
recover "colour" 3x5 "$lopsided" 0.005 100000 0

# The same picture in other kinds of PNG.
convert colour8.png -colors 200 PNG8:palette8.png
pair palette8.png 5x5 "$gaussian"
recover "palette" 5x5 "$gaussian" 0.005 100000 0
convert gray8.png -interlace PNG PNG24:interlaced8.png
pair interlaced8.png 5x5 "$gaussian"
recover "interlaced" 5x5 "$gaussian" 0.005 258000 0
convert gray8.png -alpha opaque PNG32:alpha8.png
pair alpha8.png 5x5 "$gaussian"
recover "opaque alpha" 5x5 "$gaussian" 0.005 258000 0
# (ImageMagick has more digits of Rec. 709: the grays differ in their last.)
convert smallcolour8.png $wide PNG48:rgb16.png
pair rgb16.png 5x5 "$gaussian"
check "16-bit colour" learn 5x5
check "16-bit colour: kernel" kernel_is 5x5 "$gaussian" 0.001
check "16-bit colour: pixels are counted" counted 2000 0

pair gray8.png 5x5 "$gaussian"
start=$(date +%s)
learn 5x5
check "5x5 on 512x512 in $seconds s" test $(($(date +%s) - start)) -le "$seconds"

pair gray16.png 5x5 "$gaussian"
check "too small a kernel: ends well" learn 3x3
check "too small a kernel: one warning" test "$(grep -c warning stderr)" = 1

# Without options the pictures are put into the current directory.
mkdir here
(cd here && "$program" ../pair.in.png ../pair.out.png --kernel 3x3) \
    >stdout 2>stderr
check "default names" test "$(cd here && echo *)" = \
    "pair.out-kernel.png pair.out-reproduced.png"

helps
finish
