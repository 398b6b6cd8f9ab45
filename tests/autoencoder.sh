#!/bin/sh
# autoencoder learns to give images back, keeps what it learned, draws it, and
# refuses what cannot work. Images of bars will do; where there is
# Fashion-MNIST, some of it is learned, too.
#
# usage: autoencoder.sh PROGRAM png|no-png json|no-json
set -u
# shellcheck source=tests/idx.sh
. "$(dirname "$0")/idx.sh"
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

# Several threads gain nothing from so few images, and much is lost where
# other programs run.
run() # OPTION...
{
    "$program" --threads 1 "$@" >stdout 2>stderr
}

# The last word of a line is an error.
error_of() # LINE
{
    sed -n "s/^$1.* //p" stdout
}

below() # X BOUND
{
    awk -v x="$1" -v bound="$2" \
        'BEGIN { exit !(x ~ /^[0-9]/ && x + 0 < bound + 0) }'
}

mkdir bars
make_idx train labels 20
make_idx test labels 3
mv train bars/train-images-idx3-ubyte
mv test bars/t10k-images-idx3-ubyte
bars='--data bars --batch 20 --code 8'

helps
# shellcheck disable=SC2086 # options, a word each
{
    check "bars" run $bars --epochs 10
    check "it counts them" grep -q '^200 images, and 30 for the test; 8 n' stdout
    check "bars: it learns" below "$(error_of 'epoch 10 of 10')" 0.03
    check "each epoch is shown" test "$(grep -c '^epoch .* test 0\.' stdout)" = 10
    check "progress is shown" grep -q '^epoch 10 of 10  10/10 .* error' stderr
    cp stdout first
    run $bars --epochs 10
    check "the same seed, the same output" cmp first stdout
    run $bars --epochs 10 --seed 2
    check "another seed, another output" test "$(cmp first stdout)"
    check "a limit" run $bars --epochs 1 --limit 7
    check "it counts seven" grep -q '^7 images, and 7 for the test' stdout

    if [ "$3" = json ]; then
        check "a checkpoint" run $bars --epochs 2 --save saved
        learned=$(error_of 'epoch 2 of 2')
        check "nothing else is left" test ! -e saved.part
        check "from a checkpoint" run $bars --epochs 0 --load saved
        check "it knows the same" \
            test "$(error_of 'before the first step')" = "$learned"
        refuse 'saved' --data ../bars --code 9 --load ../saved
        head -c 999 saved >part
        refuse 'part' --data ../bars --code 8 --load ../part
        refuse 'No such file' --data ../bars --load missing
        refuse 'No such file' --data ../bars --save nowhere/saved
        refuse 'directory' --data ../bars --save ../bars
    else
        refuse 'JSON' --data ../bars --save saved
    fi
    if [ "$2" = png ]; then
        check "a sheet" run $bars --epochs 1 --image sheet.png
        check "it is said" grep -q '^wrote sheet.png' stdout
        if identify -version 2>/dev/null | grep -q ImageMagick; then
            identify -format '%m %wx%h' sheet.png >size
            check "it is a picture" grep -q '^PNG 724x524$' size
        fi
        refuse 'No such file' --data ../bars --image nowhere/sheet.png
        refuse 'directory' --data ../bars --image ../bars
    else
        refuse 'without libpng' --data ../bars --image sheet.png
    fi
}

refuse 'dataset-fashion-mnist' --data nowhere
mkdir cut wrong
head -c 5000 bars/train-images-idx3-ubyte >cut/train-images-idx3-ubyte
refuse 'train-images' --data ../cut
cp labels wrong/train-images-idx3-ubyte
refuse 'train images are (30,), not' --data ../wrong
echo text >wrong/train-images-idx3-ubyte
refuse 'train-images' --data ../wrong
cp bars/train-images-idx3-ubyte wrong/
refuse 't10k-images' --data ../wrong
refuse 'unknown option' --what
refuse 'needs a value' --epochs
refuse 'not within' --epochs -1
refuse 'not within' --code 0
refuse 'not within' --batch 0
refuse 'not a number' --rate fast

if run --limit 1 --epochs 0; then
    check "clothes" run --limit 1000 --epochs 4
    check "clothes: better than the mean image" below \
        "$(error_of 'epoch 4 of 4')" "$(error_of 'the mean image')"
    check "clothes: it learns" below "$(error_of 'epoch 4 of 4')" 0.05
fi

finish
