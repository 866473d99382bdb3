#!/bin/sh
# sanitized-tests.sh asan|tsan|release: prints the whole-program tests that `make test` runs under this sanitizer: those that
# drive the daemon and the tool, not those about installing, building or the web of documents; and under tsan not those whose
# daemon has no more threads at work than other tests' have. A test says so itself: "# sanitizers: yes", or "asan". Those that
# both sanitizers run are not run a third time, as release: `make system` does.
set -eu
for test in tests/system/*.t; do
    case $1 in
    release) grep -q '^# sanitizers: yes$' "$test" ;;
    *) ! grep -q -E "^# sanitizers: (yes|$1)\$" "$test" ;;
    esac || printf '%s ' "$test"
done
