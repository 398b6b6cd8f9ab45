#!/bin/sh
# char_gpt learns a few words by heart, resumes what it saved, and refuses what
# cannot work.
#
# usage: char_gpt.sh PROGRAM
set -u
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

printf '%s\n' banana apple cherry fig grape lemon mango olive peach plum quince \
    walnut berry >fruit
{
    cat fruit fruit
    printf '%s\n' Capital "it's" two\ words incomprehensibility na\\303\\257ve ''
    printf unterminated
} >list

# A small model of the words in "list", seed 1.
gpt() # [OPTION...]
{
    "$program" --words list --layers 1 --heads 2 --width 16 --batch 13 \
        --warmup 20 "$@" >stdout 2>stderr
}

loss()
{
    sed -n 's/^validation loss \([0-9.]*\) per character$/\1/p' stdout
}

# Without the one line that tells the time.
said()
{
    grep -v ' ms a step$' stdout
}

# ------------------------------------------------------------------ learning

check 'learns' gpt --steps 300 --samples 50 --save model --metrics metrics
check 'counts words' grep -q '^14 words, 1 of them held out' stdout
check 'reports' grep -Eq '^step +300: loss [0-9.]+, on words held out' stdout
check 'tells the time' grep -Eq '^300 steps of 13 words in .* ms a step$' stdout
known=$(awk '/^50 words of its own/ { samples = 1; next }
    samples { for (i = 1; i <= NF; i++) n += $i ~ /^[*]/ } END { print n }' stdout)
check 'knows them by heart' test "$known" -ge 40
check 'as many as were asked for' test \
    "$(sed '1,/words of its own/d' stdout | wc -w)" = 50
# What is marked as learned or held out is in the list, what is not is not.
sed '1,/words of its own/d' stdout | tr -s ' ' '\n' | grep . >samples
grep '^[*+]' samples | cut -c2- >marked
grep '^[a-z]' samples >new
check 'marks are right' sh -c '! grep -qvxFf list marked && ! grep -qxFf list new'
check 'metrics: a header' test "$(head -n 1 metrics)" = step,loss,validation_loss
check 'metrics: a row' awk -F, 'NR == 2 && $1 == 300 && $2 > 0 && $3 > 0 { ok = 1 }
    END { exit !ok }' metrics
said >first
check 'the same again' gpt --steps 300 --samples 50 --threads 2
said >second
check 'the same words and losses' cmp first second
trained=$(loss)

check 'resumes' gpt --steps 0 --load model --samples 0
check 'the loss that was saved' test "$(loss)" = "$trained"
check 'starts anew' gpt --steps 0 --samples 0
check 'is another' test "$(loss)" != "$trained"
check 'another seed' gpt --steps 300 --samples 50 --seed 2
said >third
check 'other words' sh -c '! cmp -s first third'

# ------------------------------------------------------------------ refusals

printf 'IT\nno-words\n' >none
printf 'too\nfew\n' >few
echo 'no model' >text
mkdir folder
try() # WORDS [OPTION...]
{
    words=$1
    shift
    refuse "$words" --steps 1 --width 8 --batch 2 --samples 1 "$@"
}
try 'wamerican' --words ../missing
try 'directory' --words ../folder
try 'has no line that is a word' --words ../none
try 'has no line that is a word' --words /dev/null
try 'too few' --words ../few
try 'does not divide' --words ../list --heads 3
try 'unknown option' --what
try 'needs a value' --words
try 'not within' --words ../list --batch 0
try 'not a whole number' --words ../list --layers many
try 'not a number' --words ../list --lr nan
try 'not within' --words ../list --temperature 0
try 'No such file' --words ../list --save nowhere/model
try 'not a plain file' --words ../list --save ../folder
try 'No such file' --words ../list --metrics nowhere/metrics
try 'No such file' --words ../list --load ../missing
try 'text' --words ../list --load ../text
try 'model' --words ../list --load ../model --width 32

if [ -c /dev/full ]; then
    "$program" --words list --steps 1 --width 8 >/dev/full 2>stderr
    check 'a full stdout: status' test $? = 2
    check 'a full stdout: what it says' grep -q 'stdout: ' stderr
fi

helps
finish
