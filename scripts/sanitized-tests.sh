#!/bin/sh
# sanitized-tests.sh asan|tsan: prints the whole-program tests that are run again under this sanitizer: those that drive
# the daemon and the tool, not those about installing, building or the web of documents; and under tsan not those whose
# daemon has no more threads at work than other tests' have. A test says so itself: "# sanitizers: yes", or "asan".
set -eu
for test in tests/system/*.t; do
    grep -q -E "^# sanitizers: (yes|$1)\$" "$test" && printf '%s ' "$test"
done
