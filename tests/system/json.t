#!/bin/bash
# The JSON scanner against another opinion: the same verdict, and the same byte at fault, on every text. Long form: make
# agree.
. tests/system/lib.sh

node tests/json/agree.mjs "$OUT/tests/json/verdict" 20000 1 > "$SCRATCH/agree" 2>&1
ok $? 'the scanner and Node agree on 20,000 generated texts'
diag "$(tail -25 "$SCRATCH/agree")"
done_testing
