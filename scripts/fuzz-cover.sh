#!/bin/sh
# fuzz-cover.sh OUT GROWN [NAME…]: runs the inputs of each fuzz target (its seeds and what was grown) once and prints the
# coverage of the sources that the target says it is for ("Covers: …" in its first comment). OUT holds a fuzzcover build.
set -euf
out=$1
grown=$2
shift 2
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(find tests/fuzz -name 'fuzz_*.c' | sed 's|.*/fuzz_||; s|\.c$||' | sort)
mkdir -p "$out/profiles"
printf '%-12s %7s  %-16s %-16s %s\n' target inputs lines branches sources
for name in "$@"; do
    target=$out/tests/fuzz/fuzz_$name
    sources=$(awk '/Covers:/ { sub(/.*Covers:/, ""); on = 1 } on { end = sub(/\*\/.*/, ""); print } end { exit }' \
        "tests/fuzz/fuzz_$name.c" | xargs)
    [ -n "$sources" ] || { echo "fuzz-cover: fuzz_$name.c does not say which sources it is for" >&2; exit 1; }
    profile=$out/profiles/$name
    inputs=tests/fuzz/corpus/$name
    [ -d "$grown/$name" ] && inputs="$inputs $grown/$name"
    # shellcheck disable=SC2086 # lists of files are words on purpose
    LLVM_PROFILE_FILE=$profile.raw "$target" -runs=0 $inputs > "$profile.log" 2>&1 || { tail "$profile.log"; exit 1; }
    llvm-profdata merge -sparse "$profile.raw" -o "$profile.data"
    # shellcheck disable=SC2086
    llvm-cov export -summary-only -instr-profile="$profile.data" "$target" $sources |
        jq -r --arg name "$name" --arg inputs "$(find $inputs -type f | wc -l)" --arg sources "$sources" '
            def pad($n): . + " " * ([0, $n - length] | max);
            def part: "\(.percent * 10 | round / 10) % of \(.count)" | pad(16);
            .data[0].totals | [($name | pad(12)), (" " * (7 - ($inputs | length)) + $inputs), "",
                (.lines | part), (.branches | part), $sources] | join(" ")'
done
