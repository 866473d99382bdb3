#!/bin/bash
# Requests, and data behind them, that never end: plain and over TLS, memory stays bounded and the connection is ended; also where
# answers that nobody reads hold up a 100 Continue.
. tests/system/lib.sh

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/key.pem" -out "$SCRATCH/certificate.pem" -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2> "$SCRATCH/null"
export NODE_EXTRA_CA_CERTS=$SCRATCH/certificate.pem
jq -cn '{agent_id: "a", conversation_id: "long", messages: [{role: "user", content: ("x" * 900000)}]}' > "$SCRATCH/long"

# endless NAME OPTIONS…: all of it.
endless() {
    start_daemon --set request_timeout=3s --set write_timeout=3s --set idle_timeout=3s "${@:2}" || { ok 1 'the daemon starts'; done_testing; }
    post "$SCRATCH/long" '' -k > "$SCRATCH/null"
    node tests/system/endless.mjs "$URL" "$ENDPOINT" "$TOKEN" "$DAEMON" > "$SCRATCH/endless" 2>&1
    ok $? "$1all is sent"
    told "$SCRATCH/endless" "$1"
    is "$(api /healthz -k | jq -r .status)" alive "$1the daemon serves on"
    stop_daemon_well
}

init_store
endless ''
endless 'over TLS: ' --set "tls_certificate=$SCRATCH/certificate.pem" --set "tls_key=$SCRATCH/key.pem"

passes 'a client that reads nothing builds' gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$SCRATCH/mute" tests/system/mute.c
start_daemon --set request_timeout=2s --set write_timeout=2s --set max_body=64KiB --set failed_secrets=1 || { ok 1 'the daemon starts'; done_testing; }
node tests/system/continue.mjs "$URL" "$ENDPOINT" "$TOKEN" "$DAEMON" "$SCRATCH/mute" > "$SCRATCH/continue" 2>&1
ok $? 'all is sent'
told "$SCRATCH/continue"
stop_daemon_well
done_testing
