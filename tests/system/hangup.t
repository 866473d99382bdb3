#!/bin/bash
# Clients that hang up at random points, plain and over TLS, while the daemon is stopped and started again: no sanitizer speaks,
# nothing stays pending, and what was acknowledged is there. HANGUPS=n requests, each way half (4,000); VALGRIND=1: by memcheck.
# builds: asan tsan
. tests/system/lib.sh

HANGUPS=${HANGUPS:-4000}
STOPS=${STOPS:-2} # each way
DEADLINE=5500     # five seconds, and what it takes to end
case $OUT in *asan* | *tsan*) DEADLINE=10000 ;; esac
if [ -n "${VALGRIND:-}" ]; then
    export HOOKTRAIL_MAP_SIZE=1073741824
    DEADLINE=30000 # each thread waits for the others, and the leaks are looked for
    printf '#!/bin/sh\nexec valgrind -q --error-exitcode=97 --leak-check=full --errors-for-leak-kinds=definite,possible %q "$@"\n' \
        "$(realpath "$HOOKTRAILD")" > "$SCRATCH/hooktraild"
    chmod +x "$SCRATCH/hooktraild"
    HOOKTRAILD=$SCRATCH/hooktraild
fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/tls.key" -out "$SCRATCH/tls.pem" \
    -days 2 -subj /CN=127.0.0.1 2> "$SCRATCH/null"
chmod 600 "$SCRATCH/tls.key"
SETTINGS=(--set max_body=512KiB)
: > "$SCRATCH/acks"

descriptors() { find "/proc/$DAEMON/fd" -type l | wc -l; }
# pending: what is in hand, but for the connection that asks, and the descriptors beyond those of the beginning.
pending() {
    api /metrics -k | awk '/^hooktrail_(connections|queue_events|queue_bytes|streams|reads) / {print $2}' | xargs
    echo $(($(descriptors) - IDLE))
}
# Files are open for a moment while a checkpoint is signed: the fewest of some looks.
at_rest() { for _ in $(seq 10); do descriptors; sleep 0.05; done | sort -n | head -1; }
# settled: what is pending when nothing is, or else after ten seconds. Whoever has just asked may still be there for a moment.
settled() {
    local left
    for _ in $(seq 200); do
        left=$(pending | xargs)
        [ "$left" = '0 0 1 0 0 0' ] && break
        sleep 0.05
    done
    echo "$left"
}
serve() {
    start_daemon "${SETTINGS[@]}" "$@" || { ok 1 'the daemon starts'; done_testing; }
    port=${URL##*:}
}
stop_in_time() {
    local begin
    begin=$(date +%s%N)
    stop_daemon_well
    begin=$((($(date +%s%N) - begin) / 1000000))
    ok $((begin < DEADLINE ? 0 : 1)) "it ends by itself within $DEADLINE ms ($begin ms)"
}
# progress: how many requests are done; at the end, all.
progress() { if kill -0 "$clients" 2> "$SCRATCH/null"; then tail -1 "$SCRATCH/progress" | grep . || echo 0; else echo "$requests"; fi; }
missing() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    sort -u "$SCRATCH/acks" | comm -23 - "$SCRATCH/stored" | wc -l
}

# storm NAME REQUESTS: clients that hang up, meanwhile STOPS stops.
storm() {
    local name=$1 requests=$2 stop clients left
    : > "$SCRATCH/progress"
    node tests/system/hangup.mjs "$URL" "$ENDPOINT" "$TOKEN" "$requests" "$SCRATCH/acks" "$RANDOM" > "$SCRATCH/storm" 2> "$SCRATCH/progress" &
    clients=$!
    for stop in $(seq "$STOPS"); do
        while [ "$(progress)" -lt $((requests * stop / (STOPS + 1))) ]; do sleep 0.05; done
        stop_in_time
        serve --listen "127.0.0.1:$port"
    done
    wait "$clients"
    is $? 0 "$name: all clients are through"
    told "$SCRATCH/storm" "$name: "
    ok $(($(sed -n 's/^counted \([0-9]*\) cut$/\1/p' "$SCRATCH/storm" | grep . || echo 0) <= 48 * STOPS ? 0 : 1)) \
        "$name: without an answer are at most those in hand when it was stopped"
    left=$(settled)
    is "$left" '0 0 1 0 0 0' "$name: nothing is pending, no descriptor is left"
    [ "$left" = '0 0 1 0 0 0' ] || diag "descriptors: $(find "/proc/$DAEMON/fd" -type l -printf '%f %l\n' | sort -n | xargs)"
    stop_in_time
    is "$(missing)" 0 "$name: every acknowledged event is there"
    diag "$name: $(sort -u "$SCRATCH/acks" | wc -l) acknowledged events, $(wc -l < "$SCRATCH/stored") stored"
}

# stay NAME: clients that don't go away when the daemon is to end.
stay() {
    local clients
    serve
    node tests/system/linger.mjs "$URL" "$ENDPOINT" "$TOKEN" 3 > "$SCRATCH/there" &
    clients=$!
    for _ in $(seq 400); do [ -s "$SCRATCH/there" ] && break; sleep 0.05; done
    is "$(cat "$SCRATCH/there")" there "$1: clients that stay are there"
    stop_in_time
    kill "$clients"
    wait "$clients" 2> "$SCRATCH/null"
}

init_store
serve
IDLE=$(at_rest)
printf '{"agent_id":"a","conversation_id":"large","text":"%s"}' "$(head -c 300000 /dev/zero | tr '\0' x)" > "$SCRATCH/large"
post "$SCRATCH/large" > "$SCRATCH/null"
is "$(code)" 200 'a large event, to hang up within'
storm plain $((HANGUPS / 2))
stay plain
SETTINGS+=(--set threads=3 --set "tls_certificate=$SCRATCH/tls.pem" --set "tls_key=$SCRATCH/tls.key")
serve
IDLE=$(at_rest)
storm TLS $((HANGUPS / 2))
stay TLS
passes 'verify' "$HOOKTRAIL" verify --data "$DATA"
done_testing
