#!/bin/sh
# A training of lenet_fashion that was killed, or stopped by a signal, at any
# time, and resumed ends with the same bytes as one that was left alone.
#
# usage: lenet_fashion_resume.sh PROGRAM TIMES
set -u
# shellcheck source=tests/lenet_fashion_setup.sh
. "$(dirname "$0")/lenet_fashion_setup.sh"

milliseconds()
{
    echo $(($(date +%s%N) / 1000000))
}

below() # N: a random whole number
{
    echo $(($(od -An -N4 -tu4 /dev/urandom) % $1))
}

# The cnn has all kinds of state: running statistics and dropout, too.
learn() # NAME OPTION...
{
    name=$1
    shift
    exec "$program" --model cnn --data data --batch 8 --epochs 4 --warmup 10 \
        --threads 1 --save-every 7 --checkpoint "$name.checkpoint" \
        --metrics "$name.csv" "$@" >"$name.stdout" 2>"$name.stderr"
}

begin=$(milliseconds)
(learn whole)
check 'a training that is left alone' test $? = 0
whole=$(($(milliseconds) - begin))

# Whether the signal came before the training was over.
interrupt() # SIGNAL
{
    rm -f part.*
    (learn part) &
    pause=$(below $whole)
    sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
    kill "-$1" $! 2>>signals
    wait $! 2>>signals
    status=$?
    if [ "$1" = KILL ]; then
        test $status -gt 128
    else
        grep -q '^stopped after step' part.stdout
    fi
}

go_on() # SIGNAL
{
    resume=--resume
    test -e part.checkpoint || resume= # killed before the first save
    # shellcheck disable=SC2086
    (learn part $resume)
    check "$1: it goes on" test $? = 0
    after=$(sed -n 's/^going on //p' part.stdout)
    echo "$1: ${after:-before the first save}"
    check "$1: the same checkpoint" cmp part.checkpoint whole.checkpoint
    check "$1: the same metrics" cmp part.csv whole.csv
    check "$1: the same end" \
        test "$(tail -n 11 part.stdout)" = "$(tail -n 11 whole.stdout)"
}

times=0
tries=0
while [ $times -lt "$2" ] && [ $tries -lt $((5 * $2 + 20)) ]; do
    tries=$((tries + 1))
    signal=KILL
    test $((times % 2)) -eq 0 || signal=INT
    test $((times % 6)) -ne 5 || signal=TERM
    interrupt $signal || continue
    test $signal = KILL || check "$signal: status" test $status = 0
    times=$((times + 1))
    go_on $signal
done
check 'as often as asked for' test $times -eq "$2"
finish
