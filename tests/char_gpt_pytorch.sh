#!/bin/sh
# char_gpt spells Debian's words no worse than PyTorch does after as many steps:
# its loss on words held out is at most 2 % above the mean of PyTorch's.
#
# usage: char_gpt_pytorch.sh PROGRAM REFERENCE STEPS
set -u
reference=$(cd "$(dirname "$2")" && pwd)/${2##*/}
steps=$3
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

list=/usr/share/dict/words
count=$(sed -n 's/^words //p' "$reference")
if ! [ -r $list ]; then
    echo "no $list; Debian's package wamerican installs it"
    exit 77
elif [ "$(LC_ALL=C grep -Exc '[a-z]{1,15}' $list)" != "$count" ]; then
    echo "$list has not the $count words that PyTorch learned"
    exit 77
fi

settings=$(sed -n 's/^settings //p' "$reference")
pytorch=$(awk -v steps="$steps" '$1 == "steps" && $2 == steps {
    sum += $6; n++ } END { if (n) print sum / n }' "$reference")
check 'there is something to compare' test -n "$pytorch"

# One thread: the losses are the same, and where other programs want the cores,
# too, two threads wait for each other.
# shellcheck disable=SC2086 # the settings are many words
check 'learns' sh -c '"$@" >stdout 2>stderr' sh \
    "$program" --words $list $settings --steps "$steps" --threads 1
check 'all words' grep -q "^$count words, " stdout
loss=$(sed -n 's/^validation loss \([0-9.]*\) per character$/\1/p' stdout)
echo "$steps steps: loss $loss, PyTorch's $pytorch"
check 'no worse than PyTorch' awk -v ours="$loss" -v theirs="$pytorch" \
    'BEGIN { exit !(ours > 0 && ours <= 1.02 * theirs) }'

# The sampled words are of letters, and the marks are right.
sed '1,/words of its own/d' stdout | tr -s ' ' '\n' | grep . >samples
check '20 words' test "$(wc -l <samples)" = 20
check 'of letters' sh -c '! grep -Evq "^[*+]?[a-z]{1,15}$" samples'
grep '^[*+]' samples | cut -c2- >marked
grep '^[a-z]' samples >new
check 'marked words are in the list' sh -c "! grep -vxFf $list marked"
check 'the others are not' sh -c "! grep -xFf $list new"
cat stdout
finish
