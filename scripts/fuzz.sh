#!/bin/sh
# fuzz.sh OUT SECONDS [NAME…]: runs the fuzz targets of the build in OUT (all, or those named) for that long each, from
# their seeds in tests/fuzz/corpus and from what earlier runs have grown in OUT/corpus. Prints inputs run and edges
# reached; what was found stays in OUT/findings, and the last lines of its log are shown.
set -eu
out=$1
seconds=$2
shift 2
mkdir -p "$out/findings" "$out/log"
# shellcheck disable=SC2046 # a list of words
[ $# -gt 0 ] || set -- $(basename -a -s .c tests/fuzz/fuzz_*.c | sed 's/^fuzz_//')
failed=0
for name in "$@"; do
    seeds=tests/fuzz/corpus/$name
    grown=$out/corpus/$name
    log=$out/log/$name
    dictionary=tests/fuzz/$name.dict
    mkdir -p "$grown"
    [ -f "$dictionary" ] && dictionary=-dict=$dictionary || dictionary=
    # shellcheck disable=SC2086 # no word where there is no dictionary
    if "$out/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$out/findings/$name-" $dictionary "$grown" "$seeds" > "$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
        echo "ok - fuzz $name: $runs runs in $seconds s, $edges edges, $(find "$grown" -type f | wc -l) inputs kept"
    else
        echo "not ok - fuzz $name: see $log"
        tail -20 "$log"
        failed=1
    fi
done
exit $failed
