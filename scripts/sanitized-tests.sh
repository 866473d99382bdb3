#!/bin/sh
# Prints the whole-program tests that are run again under the sanitizers: those that drive the daemon and the tool, not
# those about installing, building or the web of documents.
set -eu
for test in tests/system/*.t; do
    grep -q '^# sanitizers: yes' "$test" && printf '%s ' "$test"
done
