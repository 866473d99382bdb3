#!/bin/bash
# 500 connections come to a daemon that may have 64 descriptors, and stay, plain and over TLS: while they wait it hardly
# uses the processor, nothing acknowledged is lost, and two seconds after they have gone it serves.
# shellcheck disable=SC2317 # await calls them
. tests/system/lib.sh

CROWD=500
SECONDS_LONG=3 # of waiting that is measured
printf '{"agent_id":"a","conversation_id":"after-the-crowd"}' > "$SCRATCH/body"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/tls.key" -out "$SCRATCH/tls.pem" -days 100 \
    -subj /CN=127.0.0.1 2> "$SCRATCH/null"
TLS=(--set "tls_certificate=$SCRATCH/tls.pem" --set "tls_key=$SCRATCH/tls.key")

# The processor's time that the daemon has had, in hundredths of a second.
processor() { awk '{print $14 + $15}' "/proc/$DAEMON/stat"; }
milliseconds() { date +%s%3N; }
await() { # await COMMAND…: up to ten seconds
    for _ in $(seq 1000); do "$@" && return; sleep 0.01; done
    return 1
}
acknowledged() { [ "$(wc -l < "$SCRATCH/acks")" -ge "$1" ]; }
serves() { [ "$(curl -sk -m 2 -o "$SCRATCH/answer" -w '%{http_code}' --data-binary "@$SCRATCH/body" "$HOOK")" = 200 ]; }
missing() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    cut -d' ' -f1,2 "$SCRATCH/acks" | sort -u | comm -23 - "$SCRATCH/stored" | wc -l
}

# The crowd goes; `begin` is how long it takes until a newcomer is served.
leave() {
    kill "$crowd"
    wait "$crowd" 2> "$SCRATCH/null"
    begin=$(milliseconds)
    await serves
    begin=$(($(milliseconds) - begin))
}

# A sender delivers; the crowd comes; he delivers on over the connections that he has; he ends, and the crowd stays.
besiege() { # besiege NAME
    local used begin crowd storm
    : > "$SCRATCH/acks"
    rm -f "$SCRATCH/stop"
    node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
    storm=$!
    await acknowledged 50
    node tests/system/crowd.mjs "$URL" "$CROWD" > "$SCRATCH/crowd" &
    crowd=$!
    await grep -q open "$SCRATCH/crowd"
    used=$(wc -l < "$SCRATCH/acks")
    await acknowledged $((used + 50))
    ok $? "$1: who was there before the crowd is served on"
    touch "$SCRATCH/stop"
    wait "$storm"
    is $? 0 "$1: and has all acknowledged"
    sleep 1
    used=$(processor)
    sleep $SECONDS_LONG
    used=$(($(processor) - used))
    ok $((used < 5 * SECONDS_LONG ? 0 : 1)) "$1: less than 5 % of a processor while they wait ($used hundredths in $SECONDS_LONG s)"
    leave
    for _ in 2 3; do # other programs of the machine may be in the way
        [ "$begin" -ge 2000 ] || break
        diag "$1: served after $begin ms; once more"
        node tests/system/crowd.mjs "$URL" "$CROWD" > "$SCRATCH/crowd" &
        crowd=$!
        await grep -q open "$SCRATCH/crowd"
        sleep 1
        leave
    done
    ok $((begin < 2000 ? 0 : 1)) "$1: they have gone: it serves within two seconds ($begin ms)"
    is "$(missing)" 0 "$1: every acknowledged event is there"
    stop_daemon_well
    diag "$1: $used hundredths of a second in $SECONDS_LONG s, $(wc -l < "$SCRATCH/acks") acknowledged, served after $begin ms"
}

init_store
printf '#!/bin/sh\nulimit -n 64\nexec "%s" "$@"\n' "$(realpath "$HOOKTRAILD")" > "$SCRATCH/with-64"
chmod +x "$SCRATCH/with-64"
for name in plain TLS; do
    options=()
    [ "$name" = plain ] || options=("${TLS[@]}")
    # From the start: it takes fewer connections than it has descriptors.
    HOOKTRAILD=$SCRATCH/with-64 start_daemon "${options[@]}" || { ok 1 'the daemon starts'; done_testing; }
    like "$(cat "$SCRATCH/daemon.log")" 'max_connections is [0-9]+, for the limit of open files' "$name: it says that it takes fewer"
    besiege "$name, beyond max_connections"
    # Later: accept fails.
    start_daemon "${options[@]}" || { ok 1 'the daemon starts'; done_testing; }
    prlimit --pid "$DAEMON" --nofile=64:64
    besiege "$name, out of descriptors"
done
done_testing
