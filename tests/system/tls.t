#!/bin/bash
# TLS: what is offered, what is refused, certificates that change under load, two addresses, proxies that are believed or not.
# builds: asan
. tests/system/lib.sh

CERTS=$SCRATCH/certs
mkdir "$CERTS"
# certificate NAME DAYS [OPENSSL OPTIONS…]: NAME.pem and NAME.key, for 127.0.0.1, signed by the tests' own authority.
certificate() {
    local name=$1 days=$2
    shift 2
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$CERTS/$name.key" -out "$CERTS/$name.pem" \
        -days "$days" -subj "/CN=$name" -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE "$@" 2> "$SCRATCH/null"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$CERTS/ca.key" -out "$CERTS/ca.pem" -days 2 \
    -subj /CN=authority 2> "$SCRATCH/null"
certificate first 100 -CA "$CERTS/ca.pem" -CAkey "$CERTS/ca.key"
certificate second 50 -CA "$CERTS/ca.pem" -CAkey "$CERTS/ca.key"
certificate soon 3
export CURL_CA_BUNDLE=$CERTS/ca.pem NODE_EXTRA_CA_CERTS=$CERTS/ca.pem
use() { install -m 600 "$CERTS/$1.pem" "$CERTS/live.pem"; install -m 600 "$CERTS/$1.key" "$CERTS/live.key"; } # use NAME: it is served
PAIR=(--set "tls_certificate=$CERTS/live.pem" --set "tls_key=$CERTS/live.key")

# ---- the configuration ----

# shellcheck disable=SC2317 # passes and exits call it
check() { "$HOOKTRAILD" --listen 0.0.0.0:0 "${PAIR[@]}" "$@" --check-config; }
use first
passes 'with a certificate, an address of the net is right' check
is "$(cat "$SCRATCH/stderr")" '' 'and nothing is to be warned of'
use soon
passes 'one that expires soon is right' check
like "$(cat "$SCRATCH/stderr")" '^hooktraild: warning: the certificate expires on 20' 'but warned of'
cp "$CERTS/first.key" "$CERTS/live.key"
exits 2 'the key of another one is refused' check
like "$(cat "$SCRATCH/stderr")" "the key .*live.key doesn't belong to the certificate .*live.pem" 'with both names'
use first
chmod 644 "$CERTS/live.key"
exits 1 'a key that others may read is refused' check
like "$(cat "$SCRATCH/stderr")" 'can be read by others.*chmod 600' 'and says what to do'
use first
exits 2 'a certificate alone is refused' check --set tls_key=
exits 1 'a file that is missing too' check --set "tls_key=$CERTS/none"
exits 2 'what is no proxy is refused' check --set trusted_proxies=proxy.example
exits 2 'api_listen on the net without TLS is refused' "$HOOKTRAILD" --set api_listen=0.0.0.0:0 --check-config
like "$(cat "$SCRATCH/stderr")" 'api_listen: 0.0.0.0:0 is no loopback address' 'by its name'

# ---- two addresses ----

init_store
start_daemon "${PAIR[@]}" --set api_listen=127.0.0.1:0 --set behind_proxy=on --set trusted_proxies=10.0.0.0/8 \
    --set max_body=1KiB --set max_header=2KiB || { ok 1 'the daemon starts with TLS'; done_testing; }
HOOKS=$URL
URL=$(sed -n 's/^serving the API on \(http:.*\)/\1/p' "$SCRATCH/daemon.log")
like "$HOOKS $URL" '^https://127.0.0.1:[0-9]+ http://127.0.0.1:[0-9]+$' 'deliveries over TLS, the API on the loopback address without'

# Three tries by a tool that knows no such authority: meanwhile the test goes on.
printf '{"agent_id":"a","conversation_id":"sent"}' > "$SCRATCH/sent"
(unset CURL_CA_BUNDLE; "$HOOKTRAIL" send --url "$HOOK" "$SCRATCH/sent") > "$SCRATCH/stranger" 2>&1 &
stranger=$!

printf '{"agent_id":"a","conversation_id":"c"}' > "$SCRATCH/body"
is "$(post "$SCRATCH/body" '' -H 'X-Forwarded-For: 203.0.113.9' | jq .seq) $(code)" '1 200' 'a delivery is taken'
is "$(api /v1/events/1 | jq -r '.received[0].sender')" 127.0.0.1 'whom a stranger forwards for is not believed'
is "$(curl -sS "$HOOKS/healthz" "$URL/healthz" | jq -r .status | xargs)" 'alive alive' 'both say that they are alive'
# answer URL [CURL OPTIONS…]: status, headers and body, without what is each answer's own.
answer() { curl -sS -i -m 10 -H "Authorization: Bearer $TOKEN" "$@" | grep -viE '^(date|x-request-id):'; }
unknown=$(answer "$HOOKS/not/a/path")
like "$unknown" '404 Not Found' 'an unknown path is 404'
for path in /v1/events /v1/stream /metrics /readyz /openapi.json /log/checkpoint; do
    is "$(answer "$HOOKS$path")" "$unknown" "where deliveries are taken, $path is an unknown path"
done
is "$(answer -X DELETE "$HOOKS/v1/rejected/1")" "$unknown" 'whatever the method'
is "$(answer --data-binary "@$SCRATCH/body" "$URL$ENDPOINT")" "$(answer "$URL/not/a/path")" 'and with the API, a good secret is'
head -c 3000 /dev/zero > "$SCRATCH/long"
is "$(answer --data-binary "@$SCRATCH/long" "$URL$ENDPOINT" | head -1)" "$(head -1 <<< "$unknown")" 'also with a body that is too long'
is "$(api /metrics | sed -n 's/^hooktrail_tls_certificate_expiry_timestamp_seconds //p')" \
    "$(date -d "$(openssl x509 -in "$CERTS/first.pem" -noout -enddate | cut -d= -f2)" +%s)" 'metrics say when the certificate expires'

# ---- what is offered ----

port=${HOOKS##*:}
# talk OPTIONS…: a handshake; the exit status says whether it was one.
talk() { timeout 5 openssl s_client -connect "127.0.0.1:$port" -CAfile "$CERTS/ca.pem" -verify_return_error "$@" < /dev/null; }
exits 1 'TLS 1.1 is refused' talk -tls1_1 -cipher DEFAULT:@SECLEVEL=0
exits 1 'so is a cipher without forward secrecy' talk -tls1_2 -cipher AES128-GCM-SHA256
exits 1 'and a client that speaks another protocol' talk -alpn h2
passes 'TLS 1.2 is spoken' talk -tls1_2
passes 'TLS 1.3 is' talk -tls1_3 -alpn h2,http/1.1
like "$(cat "$SCRATCH/stdout")" 'ALPN protocol: http/1.1' 'and inside it HTTP/1.1'
is "$(grep -c 'New Session Ticket' "$SCRATCH/stdout")" 0 'no ticket is given'
is "$(printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n' | node tests/system/raw.mjs "http://127.0.0.1:$port" | wc -c)" 0 \
    'plain HTTP is closed without a word'

passes 'hooktrail send takes the authority from the environment' "$HOOKTRAIL" send --url "$HOOK" "$SCRATCH/sent"

# ---- certificates that change under load ----

node tests/system/renew.mjs "$HOOK" 8 > "$SCRATCH/renew" &
load=$!
shown() { talk -tls1_3 2> "$SCRATCH/null" | sed -n 's/^subject=.*CN = //p'; }
await_line() { for _ in $(seq 100); do [ "$(grep -c "$1" "$SCRATCH/daemon.log")" -ge "$2" ] && return; sleep 0.02; done; }
reload() { # reload TEXT N: until the log has TEXT for the Nth time
    kill -HUP "$DAEMON"
    await_line "$1" "$2"
}
for _ in $(seq 100); do [ -s "$SCRATCH/renew" ] && break; sleep 0.02; done
for n in $(seq 10); do reload 'certificate has been read again' "$n"; done
use second
reload 'certificate has been read again' 11
is "$(shown)" second 'after SIGHUP the new certificate is shown'
cp "$CERTS/first.key" "$CERTS/live.key"
reload 'certificate stays as it was' 1
is "$(shown)" second 'a key of another one is refused: the old pair stays'
rm "$CERTS/live.key"
reload 'certificate stays as it was' 2
is "$(shown)" second 'so it does where a file is missing'
like "$(grep 'stays as it was' "$SCRATCH/daemon.log" | tail -1)" "can't read the key .*live.key" 'and the log says why'
kill -TERM "$load"
wait "$load"
like "$(tail -1 "$SCRATCH/renew")" '^[1-9][0-9]+ deliveries on 8 connections, 0 failures, 0 reconnections, certificate first$' \
    'meanwhile nothing fails, and no connection ends'

# ---- what libevent_openssl would get wrong ----

is "$(node tests/system/tls.mjs pipeline "$HOOKS" 2000)" '2000 replies' 'what was sent beyond the read watermark is read in the end'
is "$(node tests/system/tls.mjs continued "$HOOK" "$DAEMON")" '100 400 closed' 'a refusal behind 100 Continue is not cut off'

wait "$stranger"
is $? 1 'hooktrail send refuses an authority that it does not know'
like "$(cat "$SCRATCH/stranger")" 'certificate' 'and says so'
stop_daemon_well
is "$(grep -c -e "${ENDPOINT#/hooks/}" -e "$TOKEN" -e PRIVATE "$SCRATCH/daemon.log")" 0 'no secret in the log'

# ---- the framing table, over TLS ----

use first
start_daemon "${PAIR[@]}" --set behind_proxy=on --set request_timeout=1s --set max_connections=30 || { ok 1 'the daemon starts again'; done_testing; }
post "$SCRATCH/body" '' -H 'X-Forwarded-For: 203.0.113.9, 127.0.0.1' > "$SCRATCH/null"
is "$(api /v1/events/1 | jq -r '.received[1].sender')" 203.0.113.9 'whom a trusted proxy forwards for is believed'
node tests/system/framing.mjs "$URL" "$ENDPOINT" "$TOKEN" > "$SCRATCH/framing" 2>&1
ok $? 'every exchange ends'
told "$SCRATCH/framing" 'over TLS: '
node tests/system/requests.mjs "$URL" "$ENDPOINT" "$TOKEN" tests/system/requests.txt > "$SCRATCH/requests" 2>&1
ok $? 'every request of the table is sent'
told "$SCRATCH/requests" 'over TLS: '
is "$(node tests/system/tls.mjs dawdle "$URL" 4000)" 'closed closed' 'who dawdles over the handshake is closed'
stop_daemon_well

# ---- limits and names ----

start_daemon "${PAIR[@]}" --set trusted_proxies= --set max_per_address=1 || { ok 1 'the daemon starts again'; done_testing; }
exec 7<> "/dev/tcp/127.0.0.1/${URL##*:}"
sleep 0.1
is "$(curl -s -m 5 -o "$SCRATCH/null" -w '%{http_code}' "$URL/healthz")" 000 'beyond max_per_address TLS is not begun'
exec 7>&-
sleep 0.5 # one that never asked is missed by the sweep
is "$(api /v1/agents -H 'Host: any.example' > "$SCRATCH/null"; code)" 200 'over TLS the API is asked by any name'
like "$(api /metrics)" 'limit="max_per_address"} 1' 'and the one turned away is counted'
stop_daemon_well
start_daemon "${PAIR[@]}" --set api_hosts=api.example || { ok 1 'the daemon starts again'; done_testing; }
is "$(api /v1/agents -H 'Host: any.example' > "$SCRATCH/null"; code)" 421 'but if names are listed, only by those'
stop_daemon_well
done_testing
