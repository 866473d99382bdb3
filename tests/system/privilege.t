#!/bin/bash
# What the programs leave to others: files, core dumps, secrets in arguments, environment and logs, bytes on the administrator's
# terminal; and what the systemd unit leaves to the daemon.
# builds: asan
. tests/system/lib.sh

skip() { # skip NAME WHY
    TESTS=$((TESTS + 1))
    echo "ok $TESTS - $1 # skip $2"
}

# ---- the unit ----

sed 's|@PREFIX@|/usr/local|' packaging/hooktraild.service > "$SCRATCH/hooktraild.service"
if command -v systemd-analyze > "$SCRATCH/null"; then
    passes 'the unit: systemd-analyze security finds an exposure of 2.0 at most' \
        systemd-analyze security --offline=true --threshold=20 "$SCRATCH/hooktraild.service"
    diag "$(grep -h 'Overall exposure' "$SCRATCH/stdout" "$SCRATCH/stderr")"
    sed '/^Protect\|^Restrict\|^SystemCall/d' "$SCRATCH/hooktraild.service" > "$SCRATCH/careless.service"
    exits 1 'which a unit without its protections has not' \
        systemd-analyze security --offline=true --threshold=20 "$SCRATCH/careless.service"
else
    skip 'the unit' 'there is no systemd-analyze'
fi

is "$(grep '^TimeoutStartSec=' "$SCRATCH/hooktraild.service")" TimeoutStartSec=infinity \
    'the unit: a start has the time that a large index takes'

# ---- files: whatever the umask of whoever calls ----

umask 000
MADE=$SCRATCH/made # all that is made goes below
mkdir -m 700 "$MADE"
DATA=$MADE/data
others() { find "$MADE" -mindepth 1 -perm "$1" -printf '%P %m\n' | sort | head -5; }
init_store
printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" > "$SCRATCH/signing"
cli endpoint add --name signed --signing-secret-file "$SCRATCH/signing" > "$SCRATCH/signed"
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > "$SCRATCH/null"
api /v1/events > "$SCRATCH/null"
conversation=$(cli conversations | jq -rs '.[0].id')
cli backup "$MADE/backup" > "$SCRATCH/null" 2>&1
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send "$FIXTURES/contact.json" > "$SCRATCH/null"
cli backup --since "$MADE/backup" "$MADE/increment" > "$SCRATCH/null" 2>&1
cli evidence --conversation "$conversation" -o "$MADE/evidence.zip" > "$SCRATCH/null" 2>&1
cli subject --email maria.keller@example.com -o "$MADE/subject.zip" > "$SCRATCH/null" 2>&1
cli prove 1 -o "$MADE/1.tlog-proof" > "$SCRATCH/null" 2>&1
stop_daemon_well
cli reindex > "$SCRATCH/null" 2>&1
cli compact > "$SCRATCH/null" 2>&1
cli keys rotate > "$SCRATCH/null" 2>&1
cli erase --lead nobody --reason none --confirm > "$SCRATCH/null" 2>&1
cli erase --conversation "$conversation" --reason 'asked for' --confirm > "$SCRATCH/null" 2>&1
"$HOOKTRAIL" restore "$MADE/backup" "$MADE/increment" --data "$MADE/restored" > "$SCRATCH/null" 2>&1
"$HOOKTRAIL" salvage "$DATA" --to "$MADE/salvaged" > "$SCRATCH/null" 2>&1
for made in backup increment evidence.zip restored salvaged; do
    [ -e "$MADE/$made" ]
    ok $? "made: $made"
done
is "$(others /077)" '' 'with umask 000, nothing that is made can be read by others'
"$HOOKTRAIL" export --to "$MADE/export" --format ndjson --data "$DATA" > "$SCRATCH/null" 2>&1
is "$(others /007) $(find "$MADE/export" -name '*.ndjson' -printf '%m\n' | sort -u)" ' 640' 'an export can be read by the group, for whoever loads it'
umask 077
rm -r "$MADE/export"
"$HOOKTRAIL" export --to "$MADE/export" --format ndjson --data "$DATA" > "$SCRATCH/null" 2>&1
is "$(others /077)" '' 'unless the umask forbids that too'

# ---- cores, arguments, environment ----

core_of() { awk '/^Max core file size/ {print $5, $6}' "/proc/$1/limits"; }
start_daemon || { ok 1 'the daemon starts again'; done_testing; }
"$HOOKTRAIL" events --follow --data "$DATA" > "$SCRATCH/followed" 2>&1 &
tool=$!
for _ in $(seq 100); do [ -s "$SCRATCH/followed" ] && break; sleep 0.05; done
is "$(core_of "$DAEMON"), $(core_of "$tool")" '0 0, 0 0' 'neither program leaves a core'
# Each secret in each of its forms: as text, as bytes in hex.
secrets=("${ENDPOINT#/hooks/}" "$TOKEN" "$(cut -d_ -f2 "$SCRATCH/signing")" "$(sed -n 's|.*/hooks/\([A-Za-z0-9_-]*\).*|\1|p' "$SCRATCH/signed")")
for key in "$DATA"/keys/*.key; do secrets+=("$(od -An -v -tx1 "$key" | tr -d ' \n' | head -c 64)"); done
mapfile -t patterns < <(for secret in "${secrets[@]}"; do printf '%s\n' -e "$secret"; done)
tr '\0' '\n' < "/proc/$DAEMON/cmdline" > "$SCRATCH/told"
tr '\0' '\n' < "/proc/$DAEMON/environ" >> "$SCRATCH/told"
tr '\0' '\n' < "/proc/$tool/cmdline" >> "$SCRATCH/told"
is "$(grep -c -F "${patterns[@]}" "$SCRATCH/told")" 0 'no secret is in arguments or environment'
kill -INT "$tool"
wait "$tool"
stop_daemon_well

# ---- logs and errors: hostile bytes everywhere ----

# unsafe FILE: the first line that has a character that a terminal would obey, or not show; or bytes that are no UTF-8.
unsafe() { iconv -f UTF-8 -t UTF-8 "$1" 2>&1 | perl -CSD -ne 'if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\x{2028}\x{2029}]|iconv:|(?![\x{200c}\x{200d}])\p{Cf}/) { print; exit }' | head -c 300; }
HOSTILE=$'\033]0;owned\a\033[2J\r\302\233\342\200\256\342\200\213\376\177'
# shellcheck disable=SC2059 # a format is what it is given
request() { printf "$1" "$HOSTILE" "$HOSTILE" "$HOSTILE" | node tests/system/raw.mjs "$URL" 300 > "$SCRATCH/null"; }
conf=$SCRATCH/hooktrail.conf
for format in text json; do
    : > "$conf"
    start_daemon --config "$conf" --set log_level=debug --set log_format=$format || { ok 1 "the daemon starts: $format"; done_testing; }
    request 'GET /v1/%s HTTP/1.1\r\nHost: x\r\n\r\n'
    request 'GET /v1/events%%1b%%5b2J%%0a?agent=%%1b%%0aforged HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: %s\r\nUser-Agent: %s\r\n\r\n'
    request "POST /hooks/%%1b%%0a%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    request "GET /v1/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer $TOKEN%s\r\nX-Forwarded-For: %s\r\n\r\n"
    request "POST $ENDPOINT/%%1b%s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n%s: %s\r\n\r\n"
    jq -cn --arg id $'\033[2J\ne\u009b\u202er' '{agent_id: $id, agent_name: $id, event: $id, conversation: {$id}, lead: {$id, email: $id}}' > "$SCRATCH/body"
    post "$SCRATCH/body" '' -H $'User-Agent: \302\233\342\200\256' > "$SCRATCH/null"
    is "$(code)" 200 "$format: hostile ids are stored"
    printf 'max_%s = 1\n' "$HOSTILE" > "$conf"
    kill -HUP "$DAEMON"
    for _ in $(seq 100); do grep -q 'stays as it was' "$SCRATCH/daemon.log" && break; sleep 0.02; done
    like "$(cat "$SCRATCH/daemon.log")" 'stays as it was.*there is no setting' "$format: a hostile setting is told of"
    stop_daemon_well
    is "$(unsafe "$SCRATCH/daemon.log")" '' "$format: no byte in the log moves or hides anything"
    is "$(grep -c -F "${patterns[@]}" "$SCRATCH/daemon.log")" 0 "$format: no secret is in the log"
done
is "$(grep -c '^{' "$SCRATCH/daemon.log") $(grep '^{' "$SCRATCH/daemon.log" | jq -c 'keys == ["level","message","time"]' | sort -u)" \
    "$(grep -vc 'listening on' "$SCRATCH/daemon.log") true" 'json: every entry is one object on one line'

told_safely() { # told_safely NAME COMMAND…: it fails, and what it says is safe
    local name=$1
    shift
    "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    like "$? $(wc -c < "$SCRATCH/stderr")" '^[1-9][0-9]* [1-9]' "$name: fails, and says so"
    cat "$SCRATCH/stdout" >> "$SCRATCH/stderr"
    is "$(unsafe "$SCRATCH/stderr")" '' "$name: safely"
}
told_safely 'hooktraild, a hostile setting' "$HOOKTRAILD" --set "a$HOSTILE=1" --check-config
told_safely 'hooktraild, a hostile value' "$HOOKTRAILD" --set "listen=$HOSTILE" --check-config
told_safely 'hooktraild, a hostile file' "$HOOKTRAILD" --config "$conf" --check-config
told_safely 'hooktraild, a hostile directory' "$HOOKTRAILD" --data "$SCRATCH/$HOSTILE"
told_safely 'hooktraild, a hostile word' "$HOOKTRAILD" "$HOSTILE"
told_safely 'hooktraild, a hostile option' "$HOOKTRAILD" "--$HOSTILE"
told_safely 'hooktrail, a hostile command' "$HOOKTRAIL" "$HOSTILE"
told_safely 'hooktrail, a hostile option' "$HOOKTRAIL" events "--$HOSTILE"
told_safely 'hooktrail, a hostile filter' "$HOOKTRAIL" events --since "$HOSTILE" --data "$DATA"
told_safely 'hooktrail, a hostile number' "$HOOKTRAIL" show "$HOSTILE" --data "$DATA"
told_safely 'hooktrail, a hostile id' "$HOOKTRAIL" timeline "$HOSTILE" --data "$DATA"
told_safely 'hooktrail, a hostile directory' "$HOOKTRAIL" events --data "$SCRATCH/$HOSTILE"
told_safely 'hooktrail, a hostile file' "$HOOKTRAIL" send --url http://127.0.0.1:1/hooks/x "$SCRATCH/$HOSTILE"
script -qec "exec $(printf '%q ' "$HOOKTRAIL" init --data "$SCRATCH/new$HOSTILE" --master-key "$SCRATCH/key$HOSTILE" --no-color)" /dev/null < /dev/null |
    tr -d '\r' | sed 's/\x1b\[[0-9;]*m//g' > "$SCRATCH/terminal"
like "$(cat "$SCRATCH/terminal")" 'keep a copy of .*Made ' 'init, in a hostile directory, tells what to do'
is "$(unsafe "$SCRATCH/terminal")" '' 'safely'
done_testing
