#!/bin/bash
# The page in a real browser: Chromium, driven by playwright-core, against the daemon. Each view by axe-core in both themes and
# at 360 px; filters, history, search, the keyboard alone; sessions and their ends; what administrators do; events as they come
# over connections that break; hostile strings in every field; a large store. tests/page/ has the tests, PARTS names some of
# them, EVENTS=1000000 and HOSTILE=all are their long forms. With SCREENSHOTS, a folder, pictures of the views come to be there.
. tests/system/lib.sh

CHROMIUM=${CHROMIUM:-$(command -v chromium)}
export CHROMIUM
if [ -z "$CHROMIUM" ]; then
    [ -n "${CI:-}" ] || { echo '1..0 # SKIP there is no Chromium: scripts/deps.sh test installs it'; exit 0; }
    ok 1 'there is a Chromium'
    done_testing
fi
# shellcheck disable=SC2086 # a list of words
node tests/page/main.mjs "$SCRATCH" ${PARTS:-} > "$SCRATCH/found" 2> "$SCRATCH/wrong"
status=$?
told "$SCRATCH/found"
is "$status" 0 'the browser was driven to the end'
[ ! -s "$SCRATCH/wrong" ] || diag "$(tail -30 "$SCRATCH/wrong")"
done_testing
