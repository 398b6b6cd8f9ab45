# shellcheck shell=sh
# What the tests of learn_filter share: photographs. To be sourced, with $1
# the program; ends the test as skipped (77) where there is no ImageMagick.

convert -version 2>/dev/null | grep -q ImageMagick || exit 77
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

wide='-depth 16 -define png:bit-depth=16'
narrow='-depth 8'

# A wall of roses: unlike an enlarged rose it has detail in every pixel.
photograph() # PNG OPTION...
{
    made=$1
    shift
    convert -size 512x512 tile:rose: "$@" "$made"
}

photograph gray8.png -colorspace Gray $narrow
photograph gray16.png -colorspace Gray $wide
photograph colour8.png $narrow
convert rose: -colorspace Gray $narrow small8.png
convert rose: -colorspace Gray $wide small16.png
convert rose: $narrow smallcolour8.png
