#!/bin/sh
# The training loop of the README learns from a small data set and saves; what
# cannot work ends with 2 and one line.
#
# usage: lenet.sh PROGRAM
set -u
# shellcheck source=tests/idx.sh
. "$(dirname "$0")/idx.sh"
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

make_idx images labels 130
"$program" images labels saved 2>stderr
check 'it ends well' test $? = 0
check 'it says so' grep -q '^saved$' stderr
check 'the bar reaches its end' grep -q '^lenet  21/21 .* loss [01]\.' stderr
check 'it saves' grep -q '"fc3.weight"' saved
check 'the optimiser, too' grep -q '"optim.fc3.weight.exp_avg"' saved

head -c 5000 images >cut.idx
make_idx others fewer 2
refuse 'usage' ../images ../labels
refuse 'No such file' ../nothing ../labels saved
refuse 'No such file' ../images ../nothing saved
refuse 'ends too soon' ../cut.idx ../labels saved
refuse 'do not share' ../images ../fewer saved
finish
