# shellcheck shell=sh
# Small data sets in the manner of MNIST, for tests of programs; to be sourced.

bytes() # COUNT OCTAL: so many bytes of this value
{
    head -c "$1" /dev/zero | tr '\0' "\\$2"
}

# The images and labels of so many rounds through ten classes: class c has a
# bar at a place of its own.
make_idx() # IMAGES LABELS ROUNDS
{
    count=$(($3 * 10))
    high=$(printf '\\%03o\\%03o' $((count / 256)) $((count % 256)))
    for class in 0 1 2 3 4 5 6 7 8 9; do
        bytes $((70 * class)) 000
        bytes 84 377
        bytes $((700 - 70 * class)) 000
    done >"$1.round"
    printf '\000\001\002\003\004\005\006\007\010\011' >"$2.round"
    printf '\000\000\010\003\000\000%b\000\000\000\034\000\000\000\034' \
        "$high" >"$1"
    printf '\000\000\010\001\000\000%b' "$high" >"$2"
    for _ in $(seq "$3"); do
        cat "$1.round" >&3
        cat "$2.round" >&4
    done 3>>"$1" 4>>"$2"
}
