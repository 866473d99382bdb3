#!/bin/sh
# cover.sh OUT: runs the tests of a coverage build and prints line coverage by file; fails where store/ and query/ together
# have less than 85 %.
set -eu
out=$(realpath "$1")
find "$out" -name '*.gcda' -delete
# One test is left out, which only does the same a thousand times over: its lines count as far as others come to them.
units=$(find "$out/tests/unit" -type f -executable ! -name test_verify_flips | sort)
# shellcheck disable=SC2086 # a list of words
CMOCKA_MESSAGE_OUTPUT=TAP HOOKTRAIL_OUT=$out prove -j"${TEST_JOBS:-2}" -Q --exec '' \
    tests/system/cli.t tests/system/same.t tests/system/erase.t tests/system/evidence.t $units >&2
gcovr --root . --object-directory "$out" --exclude-unreachable-branches --gcov-ignore-parse-errors --filter 'store/' \
    --filter 'query/' --filter 'server/' --txt "$out/coverage.txt" --json-summary "$out/coverage.json" >/dev/null
awk '/^(store|query|server)\// { print } /^TOTAL/ { print }' "$out/coverage.txt" | cut -c1-78
jq -r '[.files[] | select(.filename | test("^(store|query)/"))]
    | (map(.line_covered) | add) as $hit | (map(.line_total) | add) as $all
    | "store/ and query/: \($hit) of \($all) lines, \($hit * 1000 / $all | floor / 10) %",
      (if $hit * 100 < $all * 85 then error("below 85 %") else empty end)' "$out/coverage.json"
