#!/bin/bash
# Every limit: what is answered beyond it, that it is counted, and that the connection or the others go on.
# builds: asan tsan
. tests/system/lib.sh

init_store
printf 'other %s\n' "$(cli endpoint add --name other --json | jq -r .endpoint)" > "$SCRATCH/other"
read -r _ OTHER < "$SCRATCH/other"
printf '{"agent_id":"a","conversation_id":"limits"}' > "$SCRATCH/body"

# hits LIMIT: how often it was reached.
hits() { api /metrics | sed -n "s/^hooktrail_limit_hits_total{limit=\"$1\"} //p"; }
gauge() { api /metrics | sed -n "s/^$1 //p"; }
status() { curl -sS -m 20 -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' "$@"; }
header() { tr -d '\r' < "$SCRATCH/headers" | sed -n "s/^$1: //Ip" | tail -1; }
# hold N: opens a connection as descriptor N, which idles.
hold() { eval "exec $1<> /dev/tcp/127.0.0.1/${URL##*:}"; }
release() { local fd; for fd in "$@"; do eval "exec $fd>&-"; done; }
# say N TEXT: writes to it, and prints what comes until it pauses or ends.
say() {
    local line
    printf '%b' "$2" >&"$1"
    while IFS= read -r -t 0.2 -u "$1" line; do printf '%s\n' "${line%$'\r'}"; done
}
trap '' PIPE
milliseconds() { date +%s%3N; }
# took COMMAND…: how many milliseconds it takes; its output is in $SCRATCH/took.
took() {
    local begin
    begin=$(milliseconds)
    "$@" > "$SCRATCH/took"
    echo $(($(milliseconds) - begin))
}

# ---- an address: connections ----

start_daemon --set trusted_proxies= --set max_per_address=3 --set max_connections=20 --set max_requests=3 --set max_streams=0 --set max_reads=0 \
    --set queue_bytes=64KiB --set max_body=128KiB || { ok 1 'the daemon starts'; done_testing; }
hold 4
hold 5
hold 6
sleep 0.1
is "$(status "$URL/healthz") $(header Retry-After) $(jq .status "$SCRATCH/answer")" '429 1 429' \
    'max_per_address: one more connection is told so and closed'
is "$(status --interface 127.0.0.2 "$URL/healthz")" 200 'max_per_address: another address is served'
like "$(say 4 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')" '^HTTP/1.1 200' 'max_per_address: those that were there go on'
release 4
sleep 0.1
is "$(status "$URL/healthz")" 200 'max_per_address: when one has gone the next is served'
release 5 6
sleep 0.1
is "$(hits max_per_address)" 1 'max_per_address: counted'

# ---- a connection: requests ----

is "$(curl -sS -o "$SCRATCH/null" -w '%{num_connects}' "$URL/healthz" "$URL/healthz" "$URL/healthz" "$URL/healthz" -o "$SCRATCH/null" \
    -o "$SCRATCH/null" -o "$SCRATCH/null")" 1001 'max_requests: the fourth goes over another connection'
is "$(hits max_requests)" 1 'max_requests: counted'

# ---- all together: streams, reads, the queue, pages, bodies, heads ----

api /v1/stream > "$SCRATCH/document"
is "$(code) $(header Retry-After) $(hits max_streams)" '503 2 1' 'max_streams: 503, counted'
api /v1/events > "$SCRATCH/document"
is "$(code) $(header Retry-After) $(hits max_reads)" '503 2 1' 'max_reads: 503, counted'
api '/v1/events?limit=1001' > "$SCRATCH/document"
is "$(code) $(jq -r .pointer "$SCRATCH/document") $(hits page)" '400 limit 1' 'a page: 400, counted'
head -c 100000 /dev/zero | tr '\0' ' ' > "$SCRATCH/large"
post "$SCRATCH/large" '' -D "$SCRATCH/headers" > "$SCRATCH/document"
is "$(code) $(header Retry-After) $(hits queue)" '503 2 1' 'the queue: 503, counted'
head -c 200000 /dev/zero | tr '\0' ' ' > "$SCRATCH/large"
post "$SCRATCH/large" > "$SCRATCH/document"
is "$(code) $(hits max_body)" '413 1' 'max_body: 413, counted'
is "$(status -H "X: $(head -c 20000 /dev/zero | tr '\0' x)" "$URL/healthz") $(hits max_header)" '431 1' \
    'max_header: 431, counted'
mapfile -t lines < <(for n in $(seq 62); do printf '%s\nX-%s: y\n' -H "$n"; done)
is "$(status "${lines[@]}" "$URL/healthz") $(hits max_headers)" '400 1' 'max_headers: 400, counted'
is "$(status "${lines[@]:2}" -H 'Accept:' "$URL/healthz") $(hits max_headers)" '200 1' 'max_headers: 63 are fine'

# More want in from one address than there may be in all: another one hardly notices.
deliver_eight() { # sets codes and took, in milliseconds
    took=$(milliseconds) codes=
    for _ in 1 2 3 4 5 6 7 8; do codes+=$(status --interface 127.0.0.2 --data-binary "@$SCRATCH/body" "$HOOK"); done
    took=$(($(milliseconds) - took))
}
deliver_eight
usual=$took
node tests/system/mob.mjs "$URL" 127.0.0.3 60 &
mob=$!
for _ in $(seq 100); do [ "$(hits max_per_address)" -gt 100 ] && break; sleep 0.05; done
deliver_eight
kill "$mob"
is "$codes" 200200200200200200200200 'max_per_address: a mob at one address, deliveries from another go on'
ok $((took < 1000 + 4 * usual ? 0 : 1)) "max_per_address: nearly as fast as ever ($took ms for 8, $usual without)"
stop_daemon_well

# ---- an endpoint: deliveries; a connection: age ----

start_daemon --set endpoint_rate=1 --set connection_age=100ms || { ok 1 'the daemon starts'; done_testing; }
post "$SCRATCH/body" > "$SCRATCH/document"
is "$(code)" 200 'endpoint_rate: one is taken'
events=$(gauge hooktrail_trail_events) deliveries=$(api /metrics | grep -c 'result="limited"} 0')
# Two in a row, over one connection: at most the first is a second after the one before.
curl -sS -D "$SCRATCH/headers" -o "$SCRATCH/answer" -o "$SCRATCH/answer" -w '%{http_code} ' --data-binary "@$SCRATCH/body" "$HOOK" "$HOOK" > "$SCRATCH/codes"
like "$(cat "$SCRATCH/codes")" ' 429 $' 'endpoint_rate: one too many is 429'
is "$(header Retry-After) $(jq -r .title "$SCRATCH/answer")" '1 too many requests' 'endpoint_rate: and when to try again'
is "$(status --data-binary "@$SCRATCH/body" "$URL$OTHER")" 200 'endpoint_rate: another endpoint takes its own'
ok $(($(hits endpoint_rate) > 0 ? 0 : 1)) 'endpoint_rate: counted'
is "$deliveries $(api /metrics | grep -c 'result="limited"} 0')" '1 0' 'endpoint_rate: a result of deliveries'
sleep 1.1
post "$SCRATCH/body" > "$SCRATCH/document"
is "$(code)" 200 'endpoint_rate: a second later one is taken again'
ok $(($(gauge hooktrail_trail_events) >= events ? 0 : 1)) 'endpoint_rate: what was taken is there'

hold 4
first=$(say 4 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
second=$(say 4 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
like "$first$second" '^HTTP/1.1 200.*HTTP/1.1 200.*Connection: close' 'connection_age: an old one ends with its reply'
ok $(($(hits connection_age) > 0 ? 0 : 1)) 'connection_age: counted'
release 4
stop_daemon_well

# ---- time ----

start_daemon --set request_timeout=400ms --set write_timeout=400ms --set read_timeout=1ms --set max_headers=100 ||
    { ok 1 'the daemon starts'; done_testing; }
is "$(status "${lines[@]}" "$URL/healthz")" 200 'max_headers: more, if so set'
jq -cn '{agent_id: "a", conversation_id: "long", messages: [{role: "user", content: ("x" * 900000)}]}' > "$SCRATCH/long"
long=$(post "$SCRATCH/long" | jq .seq)
hold 4
hold 5
printf 'GET /healthz HTTP/1.1\r\nX: ' >&4
# Replies of 1 MiB that nobody takes.
ask="GET /v1/events/$long/payload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer $TOKEN\r\n\r\n"
printf "$ask%.0s" $(seq 30) >&5
# A read of many turns takes longer than a millisecond.
for n in 1 2 3 4; do
    jq -cn --arg n "$n" '{agent_id: "a", conversation_id: "slow", messages: [range(8000) | {role: "user", content: "\($n) \(.)"}]}' > "$SCRATCH/slow"
    post "$SCRATCH/slow" > "$SCRATCH/document"
done
api /v1/conversations/slow > "$SCRATCH/document"
is "$(code) $(header Retry-After) $(hits read_timeout)" '503 2 1' 'read_timeout: 503, counted'
is "$(gauge hooktrail_reads)" 0 'and no read is under way'
sleep 0.5
is "$(say 4 '' | wc -l) $(hits request_timeout)" '0 1' 'request_timeout: closed, counted'
is "$(hits write_timeout)" 1 'write_timeout: counted'
release 4 5
stop_daemon_well

# ---- an address: wrong secrets; senders behind a proxy ----

start_daemon --set failed_secrets=60 --set behind_proxy=on --set max_per_address=2 --set max_reads=1 --set max_body=1KiB ||
    { ok 1 'the daemon starts'; done_testing; }
as_sender() { status -H "X-Forwarded-For: $1" "${@:2}"; }
wrong=$URL/hooks/wrong
# Half of them are secrets, half of them paths: they are not told apart.
{ seq -f "url = $wrong-%g" 30; seq -f "url = $URL/unknown/%g" 30; } > "$SCRATCH/guesses"
is "$(curl -sS -m 20 -w '%{http_code}\n' -d x -K "$SCRATCH/guesses" | grep -c '^404')" 60 'failed_secrets: so many are answered at once'
# late NAME OPTIONS…: asks meanwhile; status and seconds are in $SCRATCH/late.NAME.
late() {
    curl -sS -m 20 -o "$SCRATCH/late.$1.body" -D "$SCRATCH/late.$1.head" -w '%{http_code} %{time_total}' "${@:2}" > "$SCRATCH/late.$1" &
    lates+=($!)
}
lates=()
head -c 4096 /dev/zero > "$SCRATCH/large"
late secret -d x "$wrong"
late token -H "Authorization: Bearer ht_${TOKEN#ht_????}" "$URL/v1/events"
late body --data-binary "@$SCRATCH/large" "$wrong"
sleep 0.1
fast=$(took status --data-binary "@$SCRATCH/body" "$HOOK")
is "$(cat "$SCRATCH/took")" 200 'failed_secrets: a right one from the same address'
ok $((fast < 500 ? 0 : 1)) "failed_secrets: is answered at once ($fast ms)"
fast=$(took api /v1/events)
is "$(code)" 200 'failed_secrets: a right token'
ok $((fast < 500 ? 0 : 1)) "failed_secrets: is answered at once ($fast ms)"
as_sender 203.0.113.7 -d x "$wrong" > "$SCRATCH/null"
bytes() { sed '/^X-Request-Id/Id; /^Date/Id' "$@"; }
early=$(bytes "$SCRATCH/headers" "$SCRATCH/answer")
fast=$(took as_sender 203.0.113.7 -d x "$wrong")
ok $((fast < 500 ? 0 : 1)) "failed_secrets: another sender that the proxy names is not slowed ($fast ms)"
wait "${lates[@]}"
like "$(cat "$SCRATCH/late.secret")" '^404 ([1-9]|0\.[5-9])' 'failed_secrets: one more is answered later'
is "$(bytes "$SCRATCH/late.secret.head" "$SCRATCH/late.secret.body")" "$early" 'failed_secrets: and by the same bytes'
like "$(cat "$SCRATCH/late.token")" '^401 ([1-9]|0\.[5-9])' 'failed_secrets: so is a wrong token'
like "$(cat "$SCRATCH/late.body")" '^404 ([1-9]|0\.[5-9])' 'failed_secrets: and a wrong secret with a body beyond max_body'
is "$(hits failed_secrets)" 3 'failed_secrets: counted'

for sender in 203.0.113.9 203.0.113.9 203.0.113.10; do
    curl -sSN -m 20 -o "$SCRATCH/null" -H "X-Forwarded-For: $sender" -H "Authorization: Bearer $TOKEN" "$URL/v1/stream" 2>> "$SCRATCH/left" &
done
for _ in $(seq 100); do [ "$(gauge hooktrail_streams)" = 3 ] && break; sleep 0.05; done
is "$(as_sender 203.0.113.9 "$URL/healthz" "$URL/healthz" -o "$SCRATCH/null") $(header Retry-After)" '429429 1' \
    'max_per_address behind a proxy: a third request of one sender'
is "$(as_sender 203.0.113.10 "$URL/healthz")" 200 'max_per_address behind a proxy: another sender has room'
is "$(as_sender 203.0.113.9 -w ' %{num_connects}' "$URL/healthz" --next -sS -o "$SCRATCH/null" -w ' %{http_code} %{num_connects}' "$URL/healthz")" \
    ' 1 200 0' 'max_per_address behind a proxy: the connection goes on'
is "$(hits max_per_address)" 3 'max_per_address behind a proxy: counted'

# ---- reads at once: never more than one, and never stuck ----

clients=()
for _ in $(seq 30); do
    curl -sS -m 20 -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $TOKEN" "$URL/v1/events?limit=100" >> "$SCRATCH/crowd" &
    clients+=($!)
done
wait "${clients[@]}"
is "$(grep -cxE '200|503' "$SCRATCH/crowd")" 30 'max_reads: each of a crowd is answered'
api /v1/events > "$SCRATCH/document"
is "$(code) $(gauge hooktrail_reads)" '200 0' 'max_reads: after a crowd the next one is served'

# ---- names ----

named() { status -H "Host: $1" -H "Authorization: Bearer $TOKEN" "${@:2}"; }
for path in /v1/events /metrics /log/checkpoint; do
    is "$(named evil.example "$URL$path") $(jq -r .status "$SCRATCH/answer")" '421 421' "api_hosts: a name that is not listed: $path"
done
for path in /healthz /readyz /openapi.json; do is "$(named evil.example "$URL$path")" 200 "api_hosts: open to all: $path"; done
is "$(named evil.example "$URL/v1/none")" 404 'api_hosts: an unknown path is one'
is "$(named evil.example --data-binary "@$SCRATCH/body" "$HOOK")" 200 'api_hosts: deliveries by any name'
for host in 127.0.0.1 localhost:1 '[::1]:80' 192.0.2.1; do is "$(named "$host" "$URL/v1/agents")" 200 "api_hosts: $host"; done
is "$(status --http1.0 -H 'Host:' -H "Authorization: Bearer $TOKEN" "$URL/v1/agents")" 200 'api_hosts: HTTP/1.0 without a Host'

# Answers that are kept back don't keep the daemon: they are given when it stops.
clients=()
for _ in 1 2 3 4 5 6; do
    curl -sS -m 20 -o /dev/null -w '%{http_code}' -d x "$wrong" >> "$SCRATCH/late" &
    clients+=($!)
done
sleep 0.3
slow=$(milliseconds)
stop_daemon_well
wait "${clients[@]}"
ok $(($(milliseconds) - slow < 2500 ? 0 : 1)) 'failed_secrets: the daemon stops at once'
is "$(cat "$SCRATCH/late")" 404404404404404404 'failed_secrets: and those who wait are answered'

# More than a thousand of them, over connections of their own.
start_daemon --set failed_secrets=1 --set max_connections=2000 || { ok 1 'the daemon starts'; done_testing; }
node tests/system/held.mjs "$URL" "$TOKEN" "$DAEMON" 1200 > "$SCRATCH/held" 2>&1
ok $? 'failed_secrets: all wrong secrets are sent'
# A sanitizer keeps what is freed for a while.
case $OUT in *asan* | *tsan*) sed -i '/bodies are not kept/d' "$SCRATCH/held" ;; esac
told "$SCRATCH/held" 'failed_secrets: '
is "$(status --data-binary "@$SCRATCH/body" "$HOOK")" 200 'failed_secrets: meanwhile a right one is answered'
stop_daemon_well

# ---- two addresses: each with connections of its own ----

start_daemon --set api_listen=127.0.0.1:0 --set max_connections=3 --set api_connections=3 --set api_hosts=api.example ||
    { ok 1 'the daemon starts'; done_testing; }
hook=$URL
URL=$(sed -n 's/.*serving the API on //p' "$SCRATCH/daemon.log")
for fd in 4 5 6; do eval "exec $fd<> /dev/tcp/127.0.0.1/${hook##*:}"; done
sleep 0.1
is "$(curl -s -m 0.3 -o "$SCRATCH/null" -w '%{http_code}' "$hook/healthz")" 000 'max_connections: one more waits'
is "$(status -H "Authorization: Bearer $TOKEN" "$URL/v1/events")" 200 'api_connections: the API is served meanwhile'
is "$(hits max_connections) $(hits api_connections)" '1 0' 'max_connections: counted'
release 4 5 6
is "$(status "$hook/healthz")" 200 'max_connections: when they have gone all is served'
hold 4
hold 5
hold 6
is "$(curl -s -m 0.3 -o "$SCRATCH/null" -w '%{http_code}' "$URL/healthz") $(status "$hook/healthz")" '000 200' \
    'api_connections: full, and deliveries go on'
release 4 5 6
ok $(($(hits api_connections) > 0 ? 0 : 1)) 'api_connections: counted'
is "$(named API.example:443 "$URL/v1/agents") $(named other.example "$URL/v1/agents")" '200 421' 'api_hosts: a name that is listed'
stop_daemon_well
done_testing
