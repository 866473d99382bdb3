#!/bin/sh
# cover.sh OUT: runs the tests of a coverage build and prints line coverage of store/ and query/.
set -eu
out=$1
find "$out" -name '*.gcda' -delete
CMOCKA_MESSAGE_OUTPUT=TAP prove -Q --exec '' "$out"/tests/unit/test_*[a-z0-9] >&2
# shellcheck disable=SC2046 # a list of words
HOOKTRAIL_OUT=$(pwd)/$out prove -Q $(scripts/sanitized-tests.sh) >&2
gcovr --root . --object-directory "$out" --exclude-unreachable-branches --filter 'store/' --filter 'query/' --filter 'server/' \
    --print-summary --txt "$out/coverage.txt" --json-summary "$out/coverage.json" >/dev/null
cat "$out/coverage.txt"
# The promise is about store/ and query/ (the command-line tool included): 85 % of lines.
jq -r '[.files[] | select(.filename | test("^(store|query)/"))]
    | (map(.line_covered) | add) as $hit | (map(.line_total) | add) as $all
    | "store/ and query/: \($hit) of \($all) lines, \($hit * 1000 / $all | floor / 10) %",
      (if $hit * 100 < $all * 85 then error("below 85 %") else empty end)' "$out/coverage.json"
