# For whole-program tests: TAP output, a data directory, a daemon. Source it first: . tests/system/lib.sh
# Programs come from $HOOKTRAIL_OUT (default build/release). Every test ends with done_testing.
# shellcheck shell=bash
set -u
umask 077

OUT=${HOOKTRAIL_OUT:-build/release}
HOOKTRAIL=$OUT/hooktrail
HOOKTRAILD=$OUT/hooktraild
# shellcheck disable=SC2034 # for the tests
FIXTURES=tests/fixtures
TESTS=0
FAILED=0
DAEMON=
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/hooktrail-test-XXXXXX")
DATA=$SCRATCH/data
# Beside it, for tests put another scratch folder in its place: what sanitizers find, and what bash itself says.
TOLD=$(mktemp -d "${TMPDIR:-/tmp}/hooktrail-told-XXXXXX")
exec {STDERR}>&2 2> "$TOLD/stderr" # shown at the end
# Sanitizers map much themselves: a small map leaves them room. What they find ends the program with another status, and goes
# to a file of the process: whatever a pipe or a second start hides, done_testing sees it.
export HOOKTRAIL_MAP_SIZE=${HOOKTRAIL_MAP_SIZE:-4294967296}
# Tests ask with wrong secrets by the dozen, and would wait for the answers: who tests that sets it (limits.t).
export HOOKTRAIL_FAILED_SECRETS=0
FINDINGS=$TOLD/sanitizer
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99:log_path=$FINDINGS
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$FINDINGS
# A long history, so that it knows both stacks of a race: suppressions go by them.
export TSAN_OPTIONS=exitcode=98:history_size=7:log_path=$FINDINGS:suppressions=$PWD/tests/tsan.suppressions
export TZ=UTC
unset HOOKTRAIL_DATA HOOKTRAIL_URL HOOKTRAIL_CONFIG

AT_END=() # what helpers have to end, whatever becomes of the test: commands of plain words
clean_up() {
    local what
    for what in "${AT_END[@]}"; do $what; done
    [ -z "$DAEMON" ] || kill -9 "$DAEMON" 2>/dev/null
    cat "$TOLD/stderr" >&"$STDERR"
    rm -rf "$SCRATCH" "$TOLD"
}
trap clean_up EXIT

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }
# What is wrong is told to whoever runs many tests at once, too: prove shows of a test's output only how it ended.
blame() { if [ -n "${HARNESS_ACTIVE:-}" ] && [ -z "${HARNESS_VERBOSE:-}" ]; then diag "$@" >&"$STDERR"; else diag "$@"; fi; }

# ok STATUS NAME: STATUS 0 passes.
ok() {
    TESTS=$((TESTS + 1))
    if [ "$1" = 0 ]; then
        printf 'ok %d - %s\n' "$TESTS" "$2"
    else
        printf 'not ok %d - %s\n' "$TESTS" "$2"
        [ -z "${HARNESS_ACTIVE:-}" ] || [ -n "${HARNESS_VERBOSE:-}" ] || blame "$0: not ok $TESTS - $2"
        FAILED=$((FAILED + 1))
    fi
}

is() { # is GOT WANTED NAME
    if [ "$1" = "$2" ]; then ok 0 "$3"; else
        ok 1 "$3"
        blame "got:    $(printf '%s' "$1" | head -c 600)"
        blame "wanted: $(printf '%s' "$2" | head -c 600)"
    fi
}

like() { # like GOT REGEX NAME
    if [[ $1 =~ $2 ]]; then ok 0 "$3"; else
        ok 1 "$3"
        blame "got:    $(printf '%s' "$1" | head -c 600)"
        blame "wanted: /$2/"
    fi
}

# passes NAME COMMAND…: exit status 0; exits STATUS NAME COMMAND…: that exit status.
passes() {
    local name=$1
    shift
    exits 0 "$name" "$@"
}
exits() {
    local wanted=$1 name=$2 got=0
    shift 2
    "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || got=$?
    if [ "$got" = "$wanted" ]; then ok 0 "$name"; else
        ok 1 "$name"
        diag "exit $got, wanted $wanted"
        diag "$(tail -5 "$SCRATCH/stderr")"
    fi
}

# Makes $DATA; sets ENDPOINT ("/hooks/…") and TOKEN.
init_store() {
    local secrets
    secrets=$("$HOOKTRAIL" init --data "$DATA" --json) || { echo "Bail out! init failed"; exit 1; }
    ENDPOINT=$(jq -r .endpoint <<< "$secrets")
    TOKEN=$(jq -r .token <<< "$secrets")
}

# A port for a daemon that is started again on it: nobody listens there, and it is none of those that clients are given.
free_port() {
    local port
    until port=$((20000 + RANDOM % 12000)) && ! (: < "/dev/tcp/127.0.0.1/$port") 2> "$SCRATCH/null"; do :; done
    echo "$port"
}

# start_daemon [OPTIONS…]: serves $DATA on a free port; sets URL, HOOK and DAEMON (pid). Fails if it is not ready in 20 s.
start_daemon() {
    : > "$SCRATCH/daemon.log"
    "$HOOKTRAILD" --data "$DATA" --listen 127.0.0.1:0 "$@" 2>> "$SCRATCH/daemon.log" &
    DAEMON=$!
    for _ in $(seq 400); do
        URL=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$SCRATCH/daemon.log" | head -1)
        [ -n "$URL" ] && break
        kill -0 "$DAEMON" 2>/dev/null || break
        sleep 0.05
    done
    if [ -z "${URL:-}" ]; then
        diag "$(tail -20 "$SCRATCH/daemon.log")"
        kill -9 "$DAEMON" 2>/dev/null # one that hangs; whoever wants to know how it ended waits for $!
        DAEMON=
        return 1
    fi
    HOOK=$URL${ENDPOINT:-}
}

# Ends the daemon with SIGTERM; its exit status is in DAEMON_STATUS.
stop_daemon() {
    [ -n "$DAEMON" ] || return 0
    kill -TERM "$DAEMON" 2>/dev/null
    DAEMON_STATUS=0
    wait "$DAEMON" || DAEMON_STATUS=$?
    DAEMON=
}

# stop_daemon, and a test that there was one, and that it ended well.
stop_daemon_well() {
    DAEMON_STATUS='no daemon'
    stop_daemon
    is "$DAEMON_STATUS" 0 'hooktraild ends with 0 on SIGTERM'
}

# post FILE [PATH-SUFFIX] [CURL OPTIONS…]: delivers; prints the answer's body; STATUS-CODE is in $SCRATCH/code.
post() {
    local file=$1 suffix=${2:-}
    shift
    [ $# -gt 0 ] && shift
    : > "$SCRATCH/answer" # curl leaves it alone where there is no body
    curl -sS -m 20 -o "$SCRATCH/answer" -w '%{http_code}' -X POST -H 'Content-Type: application/json' "$@" \
        --data-binary "@$file" "$HOOK$suffix" > "$SCRATCH/code"
    cat "$SCRATCH/answer"
}
code() { cat "$SCRATCH/code"; }

# api PATH [CURL OPTIONS…]: GET with the token; body on stdout, status in $SCRATCH/code, headers in $SCRATCH/headers.
api() {
    local path=$1
    shift
    : > "$SCRATCH/answer"
    : > "$SCRATCH/headers"
    curl -sS -m 20 -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$@" \
        "$URL$path" > "$SCRATCH/code"
    cat "$SCRATCH/answer"
}

cli() { "$HOOKTRAIL" "$@" --data "$DATA"; }

told() { # told FILE [PREFIX]: what a driver has printed, as tests
    local word name
    while read -r word name; do
        case $word in
        PASS) ok 0 "${2:-}$name" ;;
        FAIL) ok 1 "${2:-}${name%%: \{*}"; blame "$name" ;;
        *) diag "$word $name" ;;
        esac
    done < "$1"
}

# What sanitizers have found in any process since the test began, once. (Of a build without them: nothing.)
sanitizers_are_silent() {
    local findings=("$FINDINGS".*)
    [ -e "${findings[0]}" ] || return 0
    ok 1 'sanitizers are silent'
    blame "$(head -n 30 "${findings[@]}")"
    rm -f "${findings[@]}"
}

# A test that bash can't make sense of (an empty operand, a word that is no command) is left out, and the next one is made.
none_is_left_out() {
    local said
    said=$(grep -E ': line [0-9]+: .*(syntax error|division by 0|command not found)' "$TOLD/stderr") || return 0
    ok 1 'every test was made'
    blame "$said"
}

done_testing() {
    sanitizers_are_silent
    none_is_left_out
    printf '1..%d\n' "$TESTS"
    [ "$FAILED" = 0 ]
    exit $?
}
