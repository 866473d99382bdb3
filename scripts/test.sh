#!/bin/bash
# test.sh: all tests, in the order in which a fault is found soonest. Every step prints its time, and what it took of the
# processors; the first that fails ends the run. FAST=1 leaves out the sanitizer, fuzzing and coverage rounds. Unit tests run
# under the sanitizers and for coverage, not a third time as release (but with FAST); clang's analyzer goes less deep than
# `make lint` lets it, which takes two thirds of its time off.
set -euo pipefail
export CI=${CI:-true}   # warnings are errors here
make=(make --no-print-directory -j"$(nproc)")
started=$(date +%s)

step() {
    local TIMEFORMAT="### $1: %0R s, by the processors %0U + %0S s"
    printf '\n### %s\n' "$1"
    shift
    time "$@"
}

quiet() { "$@" > build/step.log 2>&1 || { tail -60 build/step.log; return 1; }; }

mkdir -p build
step 'build (gcc, -Werror), npm packages of the tests' quiet "${make[@]}" BUILD=release npm all
if [ -n "${FAST:-}" ]; then step 'unit tests' "${make[@]}" BUILD=release unit; else step 'unit tests, coverage' "${make[@]}" cover; fi
tests=$(scripts/tests-of-build.sh release)
[ -z "${FAST:-}" ] || tests=$(echo tests/system/*.t)
step 'whole-program tests' "${make[@]}" BUILD=release system SYSTEM_TESTS="$tests"
step 'lint' "${make[@]}" lint LINT_NODES=50000
[ -n "${FAST:-}" ] && exit 0
step 'build (clang, -Werror)' quiet "${make[@]}" CC=clang BUILD=release BUILDROOT=build/clang all
step 'unit tests under ASan and UBSan' "${make[@]}" BUILD=asan unit
step 'whole-program tests under ASan and UBSan' "${make[@]}" BUILD=asan system SYSTEM_TESTS="$(scripts/tests-of-build.sh asan)"
step 'whole-program tests under TSan' "${make[@]}" BUILD=tsan system SYSTEM_TESTS="$(scripts/tests-of-build.sh tsan)"
step 'fuzzing, short' "${make[@]}" fuzz FUZZ_SECONDS=1
printf '\nall tests: %d s\n' "$(($(date +%s) - started))"
