#!/bin/sh
# ode_pinn solves its equation as well as it says, and refuses what cannot
# work. `full` is the whole claim: an error below 1e-3 in less than a minute;
# `reduced` takes a fifteenth of the steps, `slow` looks at no clock.
#
# usage: ode_pinn.sh PROGRAM full|slow|reduced
set -u
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

run() # OPTION...
{
    "$program" "$@" >stdout 2>stderr
}

error_below() # BOUND
{
    error=$(sed -n 's/^largest error \(.*\), at .*/\1/p' stdout)
    awk -v error="$error" -v bound="$1" \
        'BEGIN { exit !(error ~ /^[0-9]/ && error + 0 < bound) }'
}

seconds_below() # BOUND
{
    seconds=$(sed -n 's/^.* steps in \(.*\) s: .*/\1/p' stdout)
    awk -v seconds="$seconds" -v bound="$1" \
        'BEGIN { exit !(seconds ~ /^[0-9]/ && seconds + 0 < bound) }'
}

if [ "$2" != reduced ]; then
    check "it ends well" run
    check "the error is below 1e-3" error_below 1e-3
    test "$2" = slow || check "in less than a minute" seconds_below 60
    check "progress is shown" grep -q '^ode_pinn  30000/30000' stderr
    finish
    exit
fi

helps
check "a few steps" run --steps 2000 --tolerance 0.05
check "it learns" error_below 0.05
check "the curves are drawn" test "$(grep -c '|.*\*' stdout)" -gt 15
run --steps 20
check "too few steps: status" test $? = 1
check "too few steps: what it says" grep -q 'larger than the tolerance' stderr
check "too few steps: they are shown" grep -q '^largest error' stdout
grep -v ' steps in ' stdout >first
run --steps 20
grep -v ' steps in ' stdout >second
check "the same seed, the same output" cmp first second
run --steps 20 --seed 2
grep -v ' steps in ' stdout >second
check "another seed, another output" test "$(cmp first second)"

refuse 'unknown option' --what
refuse 'needs a value' --steps
refuse 'not a whole number' --steps 1.5
refuse 'not within' --steps -1
refuse 'not within' --points 1
refuse 'not within' --hidden 0
refuse 'not a number' --rate fast
refuse 'not within' --tolerance -1

finish
