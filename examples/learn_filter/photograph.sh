#!/bin/sh
# Filters a photograph with ImageMagick, lets learn_filter find out how, and
# leaves the pictures in DIRECTORY.
#
# usage: photograph.sh PROGRAM DIRECTORY
set -eu

program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
sobel='-1,0,1 -2,0,2 -1,0,1'

mkdir -p "$2"
cd "$2"
convert -size 512x512 tile:rose: -colorspace Gray -depth 8 roses.png
convert roses.png -morphology Correlate "3x3: $sobel" -depth 8 edges.png
echo "ImageMagick filtered roses.png to edges.png by $sobel"
"$program" roses.png edges.png --kernel 5x5
echo "the pictures are in $PWD"
