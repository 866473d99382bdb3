#!/bin/bash
# Memory runs out: the n-th allocation fails, once or from then on, while the daemon starts, takes deliveries or is asked,
# plain and over TLS, and in each command of the tool. Whoever has no memory ends with a word and a status, or refuses
# cleanly (503): no signal, no hang, no wrong answer and no half of one, and what was acknowledged is there afterwards.
# ALLOCATIONS=n tries n of each kind; ALLOCATIONS=all each of the first 2,000, once and from then on. KINDS: which. TRIALS:
# a file of lines as `ingest 7 once` or `start 9 always`, to try just these again.
# shellcheck disable=SC2015,SC2030,SC2031,SC2119 # the worker is a subshell on purpose; a daemon without options
. tests/system/lib.sh

ALLOCATIONS=${ALLOCATIONS:-6}
MOST=2000
JOBS=${JOBS:-$((2 * $(nproc)))} # most of a trial is waiting
tools=$OUT/tests/crash
DELIVERIES=100
# Thousands of stores are made, and none outlives a cut of power: where nothing waits for a disk.
rm -rf "$SCRATCH"
[ ! -w /dev/shm ] || SCRATCH=$(mktemp -d /dev/shm/hooktrail-test-XXXXXX)
mkdir -p "$SCRATCH"
DATA=$SCRATCH/data

# ---- what is tried ----

# Each reads; its output must be that of a run with memory.
declare -A reads=(
    [events]='events' [table]='events --limit 20' [show]='show 3' [payload]='show 3 --payload' [timeline]='timeline c-1'
    [json]='timeline c-1 --json' [conversations]='conversations' [leads]='leads' [history]='history --email ola.nordmann@example.com'
    [agents]='agents' [stats]='stats' [rejected]='rejected' [endpoints]='endpoint list' [tokens]='token list' [acts]='acts'
    [checkpoint]='checkpoint --key' [prove]='prove 3' [verify]='verify --json'
)
# Each changes or writes something: afterwards the store is as it was, or as the command leaves it.
writes=(init reindex compact backup restore export erase endpoint rotate evidence send)
asked=(/v1/events /v1/events?limit=1000 /v1/events/3 /v1/events/8/payload /v1/conversations /v1/conversations/c-1 /v1/leads
    '/v1/leads?email=ola.nordmann@example.com' /v1/agents /v1/stats /v1/rejected /v1/rejected/1 /v1/acts /log/checkpoint /openapi.json /readyz)
KINDS=${KINDS:-start start-tls ingest ingest-tls query query-tls ${!reads[*]} ${writes[*]}}

# ---- one trial; each worker has a folder $W, and $DATA in it ----

fault() { # fault WHAT: this one is not as it should be
    printf '%s' "$kind $n $how ($(head -c 200 "$W/failed" 2> "$W/null")): $1; $(tail -2 "$W/stderr" | head -c 300)" |
        tr -s '\r\n' '  ' >> "$W/faults"
    echo >> "$W/faults"
}
outcome() { echo "$kind $1" >> "$W/outcomes"; }
nap() { read -rt "$1" -u 9; }
# starve GATE: sets STARVED, words before a command that make it starve.
starve() {
    STARVED=(env "CRASH_FAIL_AT=$n" "CRASH_FAIL_ALWAYS=${how#once}" "CRASH_FAILED=$W/failed" "CRASH_GATE=$1" "LD_PRELOAD=$tools/starve.so")
}
# ended STATUS: whether a program that has no memory may end so.
ended() {
    case $1 in
    0) return ;;
    124) fault 'it hangs' ;;
    139) # libzstd 1.5.4 does not look whether it gets a dictionary's memory, of which we can only look whether there is
         # some; nor libarchive 3.6 that of a zip's directory
        grep -q '^malloc of 1[0-9]* in .*/libzstd' "$W/failed" ||
            { [ "$kind" = evidence ] && grep -qE '^(calloc of 32|malloc of 65536) in .*/libarchive' "$W/failed"; } ||
            fault 'it crashes' ;;
    12[5-9] | 1[3-9]? | 2??) fault "it ends with $1" ;;
    *) [ -s "$W/stderr" ] || fault "it ends with $1 and without a word" ;;
    esac
}
fresh() {
    rm -rf "$DATA"
    cp -r "$SCRATCH/$1" "$DATA"
}
list_events() { "$HOOKTRAIL" events --order asc --data "$DATA" | sed 's/"erased_at":"[^"]*"//'; }
sound() { # sound WHAT: the store holds what WHAT did, or else what the second did
    local expected
    "$HOOKTRAIL" verify --data "$DATA" > "$W/null" 2> "$W/stderr" || { fault 'the store does not verify'; return; }
    list_events > "$W/events" 2> "$W/stderr"
    for expected in "$@"; do ! cmp -s "$W/events" "$SCRATCH/$expected.events" || return 0; done
    fault 'the store has other events'
}

# Whether the daemon runs: a process of its number that is ours, and not one that has ended. The shell's own list is no help:
# where numbers come again, after tens of thousands of processes, it takes one for another.
runs() {
    local stat
    read -r stat < "/proc/$DAEMON/stat" && [[ ${stat##*) } =~ ^[^ZX]\ $BASHPID\  ]]
} 2> "$W/null"
signal() { ! runs || kill "-$1" "$DAEMON" 2> "$W/null"; }
# serve COMMAND…: false if the daemon ends before it is ready.
serve() {
    : > "$W/stderr"
    "$@" --data "$DATA" --listen 127.0.0.1:0 2>> "$W/stderr" &
    DAEMON=$!
    local lines
    for ((waits = 0; waits < 3000; waits++)); do
        mapfile -t lines < "$W/stderr"
        [[ ${lines[*]} =~ listening\ on\ (http[^ ]*) ]] && URL=${BASH_REMATCH[1]} && return 0
        runs || return 1
        nap 0.005
    done
    fault 'the daemon is never ready'
    return 1
}
# leave SIGNAL: the daemon ends; its status is in DAEMON_STATUS.
leave() {
    DAEMON_STATUS=0
    signal "$1"
    for ((waits = 0; waits < 1000; waits++)); do
        runs || break
        nap 0.01
    done
    ! runs || fault 'the daemon does not stop'
    signal 9
    { wait "$DAEMON" || DAEMON_STATUS=$?; } 2> "$W/null"
}
# ask: each path over one connection; line n of $W/codes has status and curl's verdict of the n-th, $W/body.n its body.
ask() {
    local words=() i=0 path
    rm -f "$W"/body.*
    for path in "${asked[@]}"; do words+=(-o "$W/body.$i" "$URL$path"); i=$((i + 1)); done
    curl -sk -m 20 -w '%{http_code} %{exitcode}\n' -H "Authorization: Bearer $TOKEN" "${words[@]}" > "$W/codes"
}
judge_answers() {
    local i=0 got
    while read -r got; do
        case $got in
        '200 0') cmp -s "$W/body.$i" "$SCRATCH/answers/body.$i" || fault "another answer to ${asked[i]}" ;;
        '503 0') ;;
        *' 0' | *' 28') fault "$got to ${asked[i]}" ;; # else the connection ended early, and curl has noticed
        esac
        i=$((i + 1))
    done < "$W/codes"
}
# post_all: two dozen deliveries over TLS; what is acknowledged goes to $W/acks.
post_all() {
    local words=() file
    for file in "$FIXTURES"/type-*.json; do words+=(--next -sk -m 20 -w ' %{http_code} %{exitcode}\n' --data-binary "@$file" "$URL$ENDPOINT"); done
    curl "${words[@]:1}" > "$W/told" 2> "$W/null"
    sed -n 's/.*"seq":\([0-9]*\),.*"sha256":"\([0-9a-f]*\)".*/\1 \2/p' "$W/told" >> "$W/acks"
    ! grep -vE '^( (200|503|000) [0-9]+|\{.*)$' "$W/told" > "$W/odd" || fault "an odd answer: $(head -1 "$W/odd")"
    ! grep -E ' (28|[1-57]..  0|4.. 0)$' "$W/told" > "$W/odd" || fault "an answer: $(head -1 "$W/odd")"
}
deliver() { "$tools/deliver" "$URL$ENDPOINT" "$DELIVERIES" "$W/acks" > "$W/delivered"; }

# serve_starved OPTIONS…: what a daemon does that has no memory.
serve_starved() {
    local gone=0
    rm -f "$W/acks"
    : > "$W/acks"
    printf '\0' 1<> "$W/gate"
    if ! serve "${STARVED[@]}" "$HOOKTRAILD" "$@"; then
        DAEMON_STATUS=0
        wait "$DAEMON" || DAEMON_STATUS=$?
        [ "$DAEMON_STATUS" != 0 ] || fault 'it ends at once, with 0'
        ended "$DAEMON_STATUS"
        outcome 'did not start'
        return
    fi
    printf 1 1<> "$W/gate"
    case $kind in
    query* | start-tls) ask; judge_answers ;;
    ingest-tls) post_all ;;
    *) deliver || gone=$?; [ "$gone" = 0 ] || [ "$gone" = 3 ] || fault "$(cat "$W/delivered")" ;;
    esac
    printf '\0' 1<> "$W/gate"
    leave TERM
    ended "$DAEMON_STATUS"
    if [ "$DAEMON_STATUS" != 0 ]; then outcome 'ended'; else outcome 'went on'; fi
}
try_daemon() {
    local pair=()
    [[ $kind != *-tls ]] || pair=(--set "tls_certificate=$SCRATCH/tls.pem" --set "tls_key=$SCRATCH/tls.key")
    case $kind in
    start*) fresh full; starve '' ;;
    ingest*) fresh new; starve "$W/gate" ;;
    *) fresh full; starve "$W/gate" ;;
    esac
    serve_starved "${pair[@]}"
    [[ $kind != ingest ]] || { # the same again: each under its number
        serve "$HOOKTRAILD" && deliver && grep -q ' 0 refused' "$W/delivered" || fault "afterwards: $(cat "$W/delivered")"
        leave 9
    }
    "$tools/inspect" "$DATA" "$W/acks" > "$W/inspected" || fault "afterwards: $(cat "$W/inspected")"
}

# tool WORDS…: the tool, starved; its status is in TOOL_STATUS.
tool() {
    TOOL_STATUS=0
    starve ''
    timeout 20 "${STARVED[@]}" "$HOOKTRAIL" "$@" > "$W/stdout" 2> "$W/stderr" < /dev/null || TOOL_STATUS=$?
    ended "$TOOL_STATUS"
    if [ "$TOOL_STATUS" = 0 ]; then outcome 'went on'; else outcome 'ended'; fi
}
# Whether something has its name: then it must be whole, even if the tool could not say so; it must be there if it did.
# What was not finished may be left under a temporary name, for to remove a folder takes memory too.
is_there() {
    [ "$TOOL_STATUS" != 0 ] || [ -e "$1" ] || fault 'it is not there'
    [ -e "$1" ]
}
try_reading() {
    [ -d "$DATA" ] || fresh full
    # shellcheck disable=SC2086 # words on purpose
    tool ${reads[$kind]} --data "$DATA"
    [ "$TOOL_STATUS" != 0 ] || cmp -s "$W/stdout" "$SCRATCH/output/$kind" || fault 'another output'
}
try_writing() {
    rm -rf "$W/made"
    mkdir "$W/made"
    fresh full
    case $kind in
    init)
        rm -r "$DATA"
        tool init --data "$DATA" --json
        [ "$TOOL_STATUS" != 0 ] || jq -e .token "$W/stdout" > "$W/null" || fault 'no token'
        [ "$TOOL_STATUS" = 0 ] || [ -e "$DATA/trail" ] || "$HOOKTRAIL" init --data "$DATA" > "$W/null" 2> "$W/stderr" || fault 'init can not be repeated'
        sound none ;;
    backup)
        tool backup "$W/made/backup" --data "$DATA"
        if is_there "$W/made/backup"; then
            rm -r "$DATA"
            "$HOOKTRAIL" restore "$W/made/backup" --data "$DATA" > "$W/null" 2> "$W/stderr" || fault 'no backup'
        fi
        sound full ;;
    restore)
        rm -r "$DATA"
        tool restore "$SCRATCH/backup" --data "$DATA"
        ! is_there "$DATA" || sound full ;;
    export)
        tool export --to "$W/made" --format ndjson --name nightly --data "$DATA"
        [ "$TOOL_STATUS" = 0 ] || "$HOOKTRAIL" export --to "$W/made" --format ndjson --name nightly --data "$DATA" > "$W/null" 2> "$W/stderr" || fault 'the next export fails'
        find "$W/made" -name 'events*' -type f -exec cat {} + | cmp -s - "$SCRATCH/exported" || fault 'other rows are exported'
        sound full ;;
    erase)
        tool erase --conversation c-1 --confirm --data "$DATA"
        if [ "$TOOL_STATUS" = 0 ]; then sound erased; else sound full erased; fi ;;
    endpoint) tool endpoint add --name other --data "$DATA"; sound full ;;
    rotate) tool keys rotate --master --confirm --data "$DATA"; sound full ;;
    evidence)
        tool evidence --conversation c-1 -o "$W/made/zip" --data "$DATA"
        ! is_there "$W/made/zip" ||
            "$HOOKTRAIL" verify-bundle "$W/made/zip" --key "$(cat "$SCRATCH/output/checkpoint")" > "$W/null" 2> "$W/stderr" || fault 'no evidence' ;;
    send)
        tool send --url http://127.0.0.1:1/hooks/x "$FIXTURES/contact.json"
        [ "$TOOL_STATUS" != 0 ] || fault 'sent to nobody' ;;
    *) tool "$kind" --data "$DATA"; sound full ;;
    esac
    rm -rf "$DATA"
}
try() {
    rm -f "$W/failed"
    case $kind in
    start* | ingest* | query*) try_daemon; rm -rf "$DATA" ;;
    *) if [ -n "${reads[$kind]:-}" ]; then try_reading; else try_writing; fi ;;
    esac
}
work() { # work WORKER: every JOBS-th of the trials
    W=$SCRATCH/worker-$1 DATA=$SCRATCH/worker-$1/data
    mkdir "$W"
    mkfifo "$W/idle"
    exec 9<> "$W/idle"
    head -c 8 /dev/zero > "$W/gate"
    : > "$W/faults"
    # shellcheck disable=SC2034 # rest: what the shuffle needs
    awk -v i="$1" -v jobs="$JOBS" 'NR % jobs == i' "$SCRATCH/trials" | while read -r kind n how; do try; done
}

# ---- with memory: what is right, and how many allocations there are ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/tls.key" -out "$SCRATCH/tls.pem" -days 2 \
    -subj /CN=127.0.0.1 2> "$SCRATCH/null"
init_store
cp -r "$DATA" "$SCRATCH/new"
start_daemon || { ok 1 'the daemon starts'; done_testing; }
"$tools/deliver" "$HOOK" 80 "$SCRATCH/acks" > "$SCRATCH/delivered"
is "$(cat "$SCRATCH/delivered")" '77 acknowledged, 0 refused' 'deliveries are taken'
for file in "$FIXTURES"/type-*.json; do post "$file" > "$SCRATCH/null"; done
stop_daemon_well
list_events > "$SCRATCH/full.events"
: > "$SCRATCH/none.events"
passes 'a backup' "$HOOKTRAIL" backup "$SCRATCH/backup" --data "$DATA"
passes 'an export' "$HOOKTRAIL" export --to "$SCRATCH/folder" --format ndjson --data "$DATA"
find "$SCRATCH/folder" -name 'events*' -type f -exec cat {} + > "$SCRATCH/exported"
cp -r "$DATA" "$SCRATCH/full"
mkdir "$SCRATCH/output" "$SCRATCH/answers"
for kind in "${!reads[@]}"; do
    # shellcheck disable=SC2086 # words on purpose
    cli ${reads[$kind]} > "$SCRATCH/output/$kind"
done
start_daemon
W=$SCRATCH/answers ask
is "$(sort -u "$SCRATCH/answers/codes")" '200 0' 'questions are answered'
stop_daemon_well
passes 'an erasure' "$HOOKTRAIL" erase --conversation c-1 --confirm --data "$DATA"
list_events > "$SCRATCH/erased.events"

# counted KIND: how many allocations a run of it makes that lacks none; more than one line if it is not as it should be.
counted() (
    JOBS=1
    echo "$1 1000000 once" > "$SCRATCH/trials"
    rm -rf "$SCRATCH/worker-0"
    work 0
    sed -n 's/^none of //p' "$SCRATCH/worker-0/failed"
    cat "$SCRATCH/worker-0/faults"
)
plan() { # plan KIND COUNT
    local n i most=$((${2:-1} < MOST ? ${2:-1} : MOST)) ways=(once always)
    if [ "$ALLOCATIONS" = all ]; then
        for ((n = 1; n <= most; n++)); do printf '%s\n' "$1 $n once" "$1 $n always"; done
    else
        for ((i = 0; i < ALLOCATIONS; i++)); do
            echo "$1 $((1 + (i * most + RANDOM % most) / ALLOCATIONS)) ${ways[i % 2]}"
        done
    fi
}
for kind in $KINDS; do
    count=$(counted "$kind")
    like "$count" '^[1-9][0-9]*$' "$kind: with memory all is well, and the allocations are counted"
    plan "$kind" "${count%%[!0-9]*}" >> "$SCRATCH/planned"
    echo "$kind ${count%%[!0-9]*}" >> "$SCRATCH/counts"
done
rm -rf "$SCRATCH/worker-0"

# ---- without ----

shuf "${TRIALS:-$SCRATCH/planned}" > "$SCRATCH/trials"
workers=()
for ((i = 0; i < JOBS; i++)); do
    work "$i" &
    workers+=($!)
done
wait "${workers[@]}"
cat "$SCRATCH"/worker-*/faults > "$SCRATCH/faults"
is "$(wc -l < "$SCRATCH/faults")" 0 'whatever lacks memory: a clean end, a clean refusal or a right answer'
while read -r line; do diag "$line"; done < <(sort "$SCRATCH/faults" | head -40)
is "$(cat "$SCRATCH"/worker-*/outcomes | wc -l)" "$(wc -l < "$SCRATCH/trials")" 'all were tried'
for kind in $KINDS; do
    diag "$kind, $(awk -v k="$kind" '$1 == k {print $2}' "$SCRATCH/counts") allocations:" \
        "$(cat "$SCRATCH"/worker-*/outcomes | awk -v k="$kind" '$1 == k {$1 = ""; print}' | sort | uniq -c | xargs)"
done
done_testing
