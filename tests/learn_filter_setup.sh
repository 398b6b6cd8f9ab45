# shellcheck shell=sh
# What the tests of learn_filter share. To be sourced, with $1 the program.
# Goes into a new directory, with photographs; ends the test as skipped (77)
# where there is no ImageMagick.

program=$1
convert -version 2>/dev/null | grep -q ImageMagick || exit 77
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

wide='-depth 16 -define png:bit-depth=16'
narrow='-depth 8'

# A wall of roses: unlike an enlarged rose it has detail in every pixel.
photograph() # PNG OPTION...
{
    made=$1
    shift
    convert -size 512x512 tile:rose: "$@" "$made"
}

photograph gray8.png -colorspace Gray $narrow
photograph gray16.png -colorspace Gray $wide
photograph colour8.png $narrow
convert rose: -colorspace Gray $narrow small8.png
convert rose: -colorspace Gray $wide small16.png
convert rose: $narrow smallcolour8.png
