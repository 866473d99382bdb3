#!/bin/sh
# tests-of-build.sh release|asan|tsan: prints the whole-program tests that `make test` runs with this build. A test says so
# itself ("# builds: asan tsan"); one that says nothing runs as release. Under ASan are those that drive the daemon and the tool,
# not those about installing, building or the web of documents; under TSan those whose daemon has more threads at work than other
# tests' have. As release, too, only those of them that measure time or memory, or use strace: `make system` runs all as release.
set -eu
for test in tests/system/*.t; do
    builds=$(sed -n 's/^# builds: *//p' "$test")
    for build in $builds; do
        case $build in
        release | asan | tsan) ;;
        *) echo "tests-of-build: $test: there is no build $build for tests" >&2 && exit 1 ;;
        esac
    done
    case " $builds " in
    *" $1 "*) printf '%s ' "$test" ;;
    '  ') [ "$1" != release ] || printf '%s ' "$test" ;;
    esac
done
