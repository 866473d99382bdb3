#!/bin/bash
# The daemon as its surroundings meet it: systemd's notifications, logs for machines, a proxy before it, several threads, few
# file descriptors, and one conversation that is very large.
# builds: asan tsan
. tests/system/lib.sh

init_store

# ---- systemd ----

# shellcheck disable=SC2016 # perl's variables
perl -MIO::Socket::UNIX -e '$| = 1; my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
    print "open\n"; my $m = "";
    until ($m =~ /STOPPING/) { defined $s->recv($m, 4096) or die; print $m =~ s/\n/ /gr, "\n" }' \
    "$SCRATCH/notify" > "$SCRATCH/notified" &
systemd=$!
for _ in $(seq 100); do grep -q open "$SCRATCH/notified" && break; sleep 0.05; done
conf=$SCRATCH/hooktrail.conf
echo 'log_format = json' > "$conf"
export NOTIFY_SOCKET=$SCRATCH/notify
start_daemon --config "$conf" || { ok 1 'the daemon starts'; done_testing; }
unset NOTIFY_SOCKET
for _ in $(seq 100); do grep -q READY=1 "$SCRATCH/notified" && break; sleep 0.05; done
like "$(cat "$SCRATCH/notified")" READY=1 'systemd is told: ready'
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > "$SCRATCH/null"
post "$FIXTURES/invalid/truncated.json" > "$SCRATCH/null"
curl -sS -o "$SCRATCH/null" -d '{"agent_id":"secret-agent"}' "$URL/hooks/no-such-secret"
api /v1/events > "$SCRATCH/null"
kill -HUP "$DAEMON"
for _ in $(seq 100); do grep -q 'read again' "$SCRATCH/daemon.log" && break; sleep 0.05; done
stop_daemon_well
wait "$systemd"
is "$(grep -o -e READY=1 -e STOPPING=1 "$SCRATCH/notified" | xargs)" 'READY=1 STOPPING=1' 'and when it stops'

# ---- logs ----

# LeakSanitizer and its like write text of their own; "listening on" is the contract's.
grep '^{' "$SCRATCH/daemon.log" > "$SCRATCH/json.log"
is "$(jq -c 'keys' "$SCRATCH/json.log" | sort -u)" '["level","message","time"]' 'log_format = json: one object a line'
like "$(jq -r .message "$SCRATCH/json.log")" 'has been read again.*stopping' 'with what text says'
is "$(grep -c -e "${ENDPOINT#/hooks/}" -e "$TOKEN" -e no-such-secret -e secret-agent -e maria "$SCRATCH/daemon.log")" 0 \
    'no secret, no token, no payload is logged'

# ---- at rest ----

# Wake-ups of all threads in three seconds, once the last client has gone: the indexer looks once a second. (A sanitizer's
# own thread wakes ten times.)
start_daemon || { ok 1 'the daemon starts again'; done_testing; }
api /v1/events > "$SCRATCH/null"
wake_ups() { cat "/proc/$DAEMON"/task/*/status | awk '/^voluntary_ctxt_switches/ {n += $2} END {print n}'; }
sleep 2
before=$(wake_ups)
sleep 3
after=$(wake_ups)
[[ $OUT == *tsan* ]] || ok $((after - before > 6)) "at rest nothing wakes more often than once a second ($((after - before)) in 3 seconds)"
stop_daemon_well

# ---- behind a proxy, with several threads ----

start_daemon --set behind_proxy=on --set threads=4 --set log_level=debug || { ok 1 'the daemon starts with threads'; done_testing; }
sender_of() { api "/v1/events/$1" | jq -r '.received[0].sender'; }
forwarded() { # forwarded N HEADER…: stores an event and prints its sender
    printf '{"agent_id":"a","conversation_id":"proxied-%s"}' "$1" > "$SCRATCH/body"
    shift
    sender_of "$(post "$SCRATCH/body" '' "$@" | jq .seq)"
}
is "$(forwarded 1 -H 'X-Forwarded-For: 203.0.113.9')" 203.0.113.9 'behind_proxy: the sender is the one forwarded'
is "$(forwarded 2 -H 'X-Forwarded-For: 1.2.3.4, 203.0.113.9')" 203.0.113.9 'of several the last, which the proxy has added'
is "$(forwarded 3 -H 'X-Forwarded-For: 2001:db8::1')" 2001:db8::1 'IPv6'
is "$(forwarded 4 -H 'X-Forwarded-For: <script>')" 127.0.0.1 'what is no address is none'
is "$(forwarded 5)" 127.0.0.1 'none: the peer'

before=$(api /v1/stats | jq .totals.events)
node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
for n in 1 2 3 4; do
    node tests/system/sse.mjs "$URL/v1/stream?after=$before" "$TOKEN" 150 > "$SCRATCH/sse.$n" 2> "$SCRATCH/sse.$n.err" &
    listeners[n]=$!
done
# Read your writes: what is acknowledged on one connection is readable on another, whichever thread that is.
unread=0
for n in $(seq 40); do
    printf '{"agent_id":"reader","conversation_id":"read-%s"}' "$n" > "$SCRATCH/body"
    seq=$(post "$SCRATCH/body" | jq .seq)
    [ "$(api "/v1/events?conversation=read-$n" | jq -c '[.events[].seq]')" = "[$seq]" ] || unread=$((unread + 1))
done
is "$unread" 0 'several threads: what was acknowledged is readable at once'
touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'several threads: everything is acknowledged'
for n in 1 2 3 4; do
    wait "${listeners[n]}"
    is "$? $(jq -r .id "$SCRATCH/sse.$n" | xargs)" "0 $(seq $((before + 1)) $((before + 150)) | xargs)" "several threads: stream $n has no gap"
done
is "$(cli events --order asc | jq -c .seq | sha256sum)" "$(seq "$(api /v1/stats | jq .totals.events)" | sha256sum)" 'no seq is missing'
stop_daemon_well
is "$(grep -c -e "${ENDPOINT#/hooks/}" -e "$TOKEN" -e read-1 "$SCRATCH/daemon.log")" 0 'log_level = debug: no secret, no payload'

# ---- few file descriptors ----

# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
# It raises its own limit, and keeps max_connections below it: only a limit that comes later makes accept fail.
prlimit --pid "$DAEMON" --nofile=64:64
node tests/system/crowd.mjs "$URL" 200 > "$SCRATCH/crowd" &
crowd=$!
for _ in $(seq 100); do grep -q open "$SCRATCH/crowd" && break; sleep 0.05; done
sleep 0.5
begin=$(awk '{print $14 + $15}' "/proc/$DAEMON/stat")
sleep 1
ok $(($(awk '{print $14 + $15}' "/proc/$DAEMON/stat") - begin > 50)) 'out of descriptors: it does not spin'
like "$(cat "$SCRATCH/daemon.log")" 'EMFILE' 'and says so'
kill "$crowd"
wait "$crowd" 2> "$SCRATCH/null"
printf '{"agent_id":"a","conversation_id":"after-the-crowd"}' > "$SCRATCH/body"
post "$SCRATCH/body" > "$SCRATCH/null"
is "$(code)" 200 'the crowd is gone: it serves'
stop_daemon_well

# ---- one conversation of 1,000 events with 50 messages each (fewer where a sanitizer makes it slow) ----

case $OUT in
*tsan*) count=300 ;;
*) count=1000 ;;
esac

# shellcheck disable=SC2119
start_daemon || { ok 1 'the daemon starts'; done_testing; }
node tests/system/large.mjs "$HOOK" "$count" 50 > "$SCRATCH/large"
is "$(cat "$SCRATCH/large")" "$count" "$count events of one conversation are stored"
memory() { awk '/^RssAnon/ {print $2}' "/proc/$DAEMON/status"; }
api '/v1/conversations/large?limit=1' > "$SCRATCH/null"
before=$(memory)
pages=0 cursor=
while :; do
    api "/v1/conversations/large?limit=1000${cursor:+&cursor=$cursor}" > "$SCRATCH/page"
    pages=$((pages + 1))
    jq -c .items[] "$SCRATCH/page" >> "$SCRATCH/items"
    cursor=$(jq -r '.next // empty' "$SCRATCH/page")
    [ -n "$cursor" ] || break
done
is "$(wc -l < "$SCRATCH/items") $(sort "$SCRATCH/items" | uniq -d | wc -l)" "$((count + count + 49)) 0" 'its timeline has each message and each event once'
is "$(jq -r 'select(.kind == "message").content[0:12]' "$SCRATCH/items" | xargs)" \
    "$(for n in $(seq 0 $((count + 48))); do printf 'message %04d\n' "$n"; done | xargs)" 'in order'
is "$(jq -c 'select(.kind == "message") | .removed // .edited' "$SCRATCH/items" | sort -u)" null 'none is edited or removed'
diag "$pages pages, $(($(memory) - before)) KiB more memory"
# A sanitizer keeps what is freed for a while, so it is not asked.
case $OUT in
*asan* | *tsan*) ;;
*) ok $(($(memory) - before > 32768)) 'with bounded memory' ;;
esac
is "$(cli timeline large --json --limit 1000)" "$(api '/v1/conversations/large?limit=1000')" 'the tool gives the same'
stop_daemon_well
done_testing
