# shellcheck shell=sh
# What the tests of lenet_fashion share: a folder "data" that looks like
# Fashion-MNIST and is small and easy. To be sourced, with $1 the program.

# shellcheck source=tests/idx.sh
. "$(dirname "$0")/idx.sh"
# shellcheck source=tests/program.sh
. "$(dirname "$0")/program.sh"

images=train-images-idx3-ubyte
labels=train-labels-idx1-ubyte
mkdir data
make_idx data/$images data/$labels 20
make_idx data/t10k-images-idx3-ubyte data/t10k-labels-idx1-ubyte 5
