#!/bin/sh
# moons learns to tell two moons apart, draws what it learned, and refuses what
# cannot work.
#
# usage: moons.sh PROGRAM png|no-png
set -u
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

run() # OPTION...
{
    "$program" "$@" >stdout 2>stderr
}

right() # LINE: how many points are right
{
    sed -n "s/^$1: \([0-9]*\) of .*/\1/p" stdout
}

helps

check "it runs" run
cp stdout first
check "it learns its points" test "$(right 'these points')" -ge 195
check "it learns more than its points" \
    test "$(right 'as many new ones')" -ge 190
check "the map has both sides" grep -q '^ .*x.*#[.O]*$' stdout
check "the map has a line in each row" \
    test "$(grep -c '^[ x#.O]*$' stdout)" -eq "$(grep -c '#' stdout)"
check "progress is shown" grep -q 'moons  300/300' stderr
run
check "the same seed, the same output" cmp first stdout
run --seed 7
check "another seed, another output" test "$(cmp first stdout)"
run --steps 0
check "without a step it knows little" test "$(right 'these points')" -lt 195
check "other settings" run --points 60 --noise 0.05 --rate 0.5 --decay 0 \
    --steps 200
check "other settings: it learns" test "$(right 'these points')" -ge 55

if [ "$2" = png ]; then
    check "a picture" run --image map.png
    check "it is said" grep -q '^wrote map.png' stdout
    check "a picture in place of another" run --image map.png --seed 2
    check "nothing else is left" test ! -e map.png.part
    if identify -version 2>/dev/null | grep -q ImageMagick; then
        identify -format '%m %w' map.png >size
        check "it is a picture" grep -q '^PNG 800$' size
        convert map.png -crop 1x1+2+2 -format '%[fx:b>r]' info: >blue
        check "one side is blue" grep -q '^1' blue
    fi
    refuse 'No such file' --image nowhere/map.png
    refuse 'directory' --image ../empty
    refuse 'not a plain file' --image /dev/null
else
    refuse 'without libpng' --image map.png
fi
refuse 'unknown option' --what
refuse 'needs a value' --seed
refuse 'not a whole number' --steps many
refuse 'not within' --steps -1
refuse 'not within' --points 1
refuse 'not a number' --noise loud
refuse 'not within' --noise -0.1
refuse 'empty' --image ''

if [ -c /dev/full ]; then
    "$program" >/dev/full 2>stderr
    check "a full stdout: status" test $? = 2
    check "a full stdout: what it says" grep -q 'standard output' stderr
fi

finish
