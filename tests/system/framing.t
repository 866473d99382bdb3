#!/bin/bash
# Requests as no library would send them: framing, limits, pipelining, clients that leave or dawdle.
# builds: asan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }

node tests/system/requests.mjs "$URL" "$ENDPOINT" "$TOKEN" tests/system/requests.txt > "$SCRATCH/requests" 2>&1
ok $? 'every request of the table is sent'
told "$SCRATCH/requests"
stop_daemon_well

start_daemon --set request_timeout=1s --set idle_timeout=2s --set max_connections=30 || { ok 1 'the daemon starts'; done_testing; }
node tests/system/framing.mjs "$URL" "$ENDPOINT" "$TOKEN" > "$SCRATCH/framing" 2>&1
ok $? 'every exchange ends'
told "$SCRATCH/framing"

# Feeds one byte every 100 ms; prints after how many seconds the daemon closed (at most 6).
dawdle() {
    local begin=$SECONDS port=${URL##*:}
    exec 3<> "/dev/tcp/127.0.0.1/$port"
    printf '%b' "$1" >&3
    for _ in $(seq 60); do
        read -r -t 0.1 -N 1 -u 3 _
        [ $? -eq 1 ] && break
        { [ -z "$2" ] || printf '%b' "$2" >&3; } 2>/dev/null || break
    done
    exec 3>&-
    echo $((SECONDS - begin))
}
trap '' PIPE
like "$(dawdle '' '')" '^[123]$' 'an idle connection is closed'
like "$(dawdle 'GET / HTTP/1.1\r\nX: ' a)" '^[12]$' 'a head that dawdles is closed'
like "$(dawdle "POST $ENDPOINT HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" a)" '^[12]$' 'a body that dawdles is closed'
like "$(dawdle "POST $ENDPOINT HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" '1\r\na\r\n')" '^[12]$' \
    'chunks that dawdle are closed'

# Three times as many connections as are served at once: the others wait, and all are answered.
for _ in $(seq 90); do curl -sS -m 15 -o /dev/null -w '%{http_code}\n' "$URL/healthz" & done > "$SCRATCH/crowd" 2>&1
mapfile -t clients < <(jobs -p | grep -vx "$DAEMON")
wait "${clients[@]}"
is "$(grep -cx 200 "$SCRATCH/crowd")" 90 'beyond max_connections clients wait and are served'

stop_daemon_well
done_testing
