# shellcheck shell=sh
# What tests of programs share. To be sourced, with $1 the program. Goes into
# a new directory, which is removed at the end; "$top" is its path.

program=$1
case $program in
*/*) program=$(cd "${program%/*}" && pwd)/${program##*/} ;;
esac
top=$(mktemp -d) || exit 1
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM
cd "$top" || exit 1
passed=0
failed=0

# Counts a check; shows it and what the program said if it failed.
check() # NAME COMMAND...
{
    checked=$1
    shift
    if "$@" >"$top/why" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $checked"
        (cd "$top" && tail -n 12 stdout stderr why)
    fi
}

# The last line of a test.
finish()
{
    echo "$passed passed, $failed failed"
    test "$failed" -eq 0 && test "$passed" -gt 0
}

mkdir "$top/empty"

# The program ends with 2 and one line on stderr that has WORDS in it, and
# leaves nothing in its directory, "empty".
refuse() # WORDS ARGUMENT...
{
    words=$1
    shift
    (cd "$top/empty" && exec "$program" "$@" >../stdout 2>../stderr)
    check "$words: status" test $? = 2
    check "$words: one line" test "$(wc -l <"$top/stderr")" -eq 1
    check "$words: what it says" grep -q -- "$words" "$top/stderr"
    check "$words: nothing written" test -z "$(ls -A "$top/empty")"
    rm -rf "$top/empty" && mkdir "$top/empty"
}

# --help is printed on stdout and that is all.
helps()
{
    "$program" --help >stdout 2>stderr
    check "--help ends well" test $? = 0
    check "--help prints" grep -q "Usage: ${program##*/}" stdout
    check "--help prints on stdout alone" test ! -s stderr
}
