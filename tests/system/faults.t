#!/bin/bash
# What the daemon does when the world is not as it should be: settings, directories, ports, a full disk, signals under load.
# Every refusal is one line that says what to do, and nothing acknowledged is lost.
# builds: asan tsan
. tests/system/lib.sh

MOUNT=
# shellcheck disable=SC2317 # a trap calls it
clean_up_all() {
    [ -z "$DAEMON" ] || { kill -9 "$DAEMON"; wait "$DAEMON"; } 2> "$SCRATCH/null"
    DAEMON=
    [ -z "$MOUNT" ] || umount "$MOUNT"
    clean_up
}
trap clean_up_all EXIT

# refused STATUS REGEX NAME OPTIONS…: hooktraild ends with STATUS and one line on stderr that matches.
refused() {
    local status=$1 regex=$2 name=$3
    shift 3
    exits "$status" "$name: refused" timeout 15 "$HOOKTRAILD" "$@"
    is "$(wc -l < "$SCRATCH/stderr")" 1 "$name: in one line"
    like "$(cat "$SCRATCH/stderr")" "hooktraild: .*$regex" "$name: which says why, and what to do"
}
# The tool refuses the same data directory with the same words.
tool_refused() { # tool_refused STATUS REGEX NAME
    exits "$1" "$3: the tool refuses it too" "$HOOKTRAIL" events --data "$DATA"
    like "$(cat "$SCRATCH/stderr")" "^hooktrail events: .*$2" "$3: in the same words"
    is "$(wc -l < "$SCRATCH/stderr")" 1 "$3: in one line"
}
await_log() { # await_log REGEX: the daemon's log has it, within 10 s
    for _ in $(seq 200); do
        grep -q -e "$1" "$SCRATCH/daemon.log" && return 0
        sleep 0.05
    done
    return 1
}
get_code() { # get_code PATH
    api "$1" > "$SCRATCH/null"
    code
}
# missing FILE: how many of its lines "SEQ SHA256" are no event.
missing() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    sort -u "$1" | comm -23 - "$SCRATCH/stored" | wc -l
}

# ---- settings ----

conf=$SCRATCH/hooktrail.conf
check() { # check REGEX NAME: what is on stdin is no configuration
    cat > "$conf"
    refused 2 "$1" "$2" --config "$conf" --check-config
}
passes 'the sample is right' "$HOOKTRAILD" --config packaging/hooktrail.conf --check-config
sed 's/^# \([a-z_]* =\)/\1/' packaging/hooktrail.conf > "$conf"
passes 'so are the defaults in it' "$HOOKTRAILD" --config "$conf" --check-config
check 'hooktrail.conf:3: there is no setting "treads"; hooktraild --help' 'an unknown key' <<< $'# one\nthreads = 2\ntreads = 2'
check 'hooktrail.conf:2: .*\[server\]' 'a section' <<< $'[server]\nthreads = 2'
check 'hooktrail.conf:2: ' 'a line that is no setting' <<< $'threads = 2\nthreads'
check 'hooktrail.conf:1: threads wants a number from 1 to 64' 'no thread' <<< 'threads = 0'
check 'max_body wants bytes from .* such as' 'a size without sense' <<< 'max_body = big'
check 'max_body wants bytes' 'a size out of bounds' <<< 'max_body = 1GiB'
check 'idle_timeout wants a time' 'a time without sense' <<< 'idle_timeout = 5 parsecs'
check 'behind_proxy wants on or off' 'a switch without sense' <<< 'behind_proxy = maybe'
check 'log_level wants one of error' 'a word without sense' <<< 'log_level = loud'
check 'no ADDR:PORT such as 127.0.0.1:8787' 'an address without port' <<< 'listen = localhost'
check 'no loopback address.*behind_proxy = on' 'an address of the network' <<< 'listen = 0.0.0.0:0'
passes 'an address of the network behind a proxy' "$HOOKTRAILD" --config "$conf" --set behind_proxy=on --check-config
passes 'a queue that is smaller than a delivery' "$HOOKTRAILD" --set queue_bytes=1023KiB --check-config
like "$(cat "$SCRATCH/stderr")" 'warning: queue_bytes is less than max_body' 'is warned of'
passes 'one of its size' "$HOOKTRAILD" --set queue_bytes=1MiB --check-config
is "$(cat "$SCRATCH/stderr")" '' 'is not'
refused 1 'nothing.conf' 'a configuration that is not there' --config "$SCRATCH/nothing.conf" --check-config
HOOKTRAIL_THREADS=many refused 2 'HOOKTRAIL_THREADS: threads wants' 'a bad value in the environment' --check-config
refused 2 'NAME=VALUE' 'a --set without value' --set threads
refused 2 '--nonsense' 'an unknown option' --nonsense
refused 2 'unknown option -x; see --help' 'an unknown letter among several' -xy
refused 2 'api_listen and listen want the same port' 'one port for two addresses' --set api_listen=127.0.0.1:8787 --check-config
refused 2 'unexpected "serve"; see --help' 'a word too many' serve
echo 'threads = 0' > "$conf"
HOOKTRAIL_THREADS=2 refused 2 'conf:1' 'a bad line that the environment outweighs' --config "$conf" --check-config

# ---- data directories ----

serve=(--listen 127.0.0.1:0 --data "$DATA")
refused 3 "no data directory .*hooktrail init --data" 'no directory' "${serve[@]}"
tool_refused 3 'hooktrail init --data' 'no directory'
mkdir "$DATA"
refused 3 'holds no store: .*hooktrail init --data' 'an empty directory' "${serve[@]}"
rmdir "$DATA"
init_store
for mode in 755 710 702; do
    chmod "$mode" "$DATA"
    refused 1 'read by others .mode 0'"$mode"'.: run .chmod 700' "mode $mode" "${serve[@]}"
done
tool_refused 1 'chmod 700' 'mode 702'
chmod 700 "$DATA"
HOOKTRAIL_MAP_SIZE=1parsec tool_refused 2 'HOOKTRAIL_MAP_SIZE wants bytes' 'a size without sense in the environment'
passes 'and takes one with a unit' env HOOKTRAIL_MAP_SIZE=64MiB "$HOOKTRAIL" events --data "$DATA"
if [ "$(id -u)" = 0 ]; then
    chown 12345 "$DATA"
    refused 1 'belongs to uid 12345, not to uid 0: run as its owner' "another's directory" "${serve[@]}"
    tool_refused 1 'run as its owner' "another's directory"
    chown 0 "$DATA"
else
    refused 1 'belongs to uid 0, not to uid .*: run as its owner' "another's directory" --listen 127.0.0.1:0 --data /usr
fi
mv "$DATA/keys" "$SCRATCH/keys"
refused 4 'keys/index.key.*restore .*backup' 'no keys' "${serve[@]}"
tool_refused 4 'restore .*backup' 'no keys'
mkdir -m 700 "$DATA/keys"
echo short > "$DATA/keys/index.key"
refused 4 'keys/index.key.*32 bytes.*restore .*backup' 'a cut key' "${serve[@]}"
rm -r "$DATA/keys"
mv "$SCRATCH/keys" "$DATA/keys"

# set_format TO: the trail's version, in each page that has it.
set_format() { perl -0777 -i -pe 's/format\0\0\0./format\0\0\0'"$1"'/sg' "$DATA/trail/data.mdb"; }
set_format '\x63'
refused 1 'the trail has format 99; this hooktrail .[0-9.]*. knows up to 2: upgrade' 'a trail of a later time' "${serve[@]}"
tool_refused 1 'format 99.*upgrade' 'a trail of a later time'
set_format '\x02'
cp "$DATA/trail/data.mdb" "$SCRATCH/data.mdb"
head -c 8192 /dev/zero > "$DATA/trail/data.mdb"
refused 4 "$DATA/trail" 'a trail that is none' "${serve[@]}"
cp "$SCRATCH/data.mdb" "$DATA/trail/data.mdb"

# ---- a second daemon, a port in use, addresses ----

start_daemon || { ok 1 'the daemon starts after all that'; done_testing; }
port=${URL##*:}
refused 5 "pid $DAEMON. already serves .*stop it first" 'a second daemon' "${serve[@]}"
first=$DATA DATA=$SCRATCH/other
"$HOOKTRAIL" init --data "$DATA" > "$SCRATCH/null"
for threads in 1 3; do
    refused 5 "127.0.0.1:$port is in use.*choose another with --listen" "a port in use, $threads threads" \
        --listen "127.0.0.1:$port" --data "$DATA" --set threads=$threads
done
refused 2 'no loopback address.*behind_proxy = on, or listen on 127.0.0.1' 'an address of the network' \
    --listen 0.0.0.0:0 --data "$DATA"
refused 2 'no loopback address' 'an IPv6 address of the network' --listen '[::]:0' --data "$DATA"
refused 2 'no ADDR:PORT' 'a port beyond 65535' --listen 127.0.0.1:70000 --data "$DATA"
is "$(get_code /v1/stats)" 200 'the first serves as before'
stop_daemon_well
start_daemon --listen 0.0.0.0:0 --set behind_proxy=on
ok $? 'behind a proxy, any address is taken'
stop_daemon
DATA=$first

# ---- SIGHUP ----

printf 'max_streams = 0\nlog_level = info\n' > "$conf"
printf '#!/bin/sh\nulimit -n 256 && exec %q "$@"\n' "$(realpath "$HOOKTRAILD")" > "$SCRATCH/limited"
chmod 700 "$SCRATCH/limited"
HOOKTRAILD=$SCRATCH/limited start_daemon --config "$conf" || { ok 1 'the daemon starts with a configuration'; done_testing; }
stream_code() { curl -s -m 1 -o "$SCRATCH/null" -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$URL/v1/stream"; }
is "$(stream_code)" 503 'max_streams = 0: no stream'
printf 'max_streams = 1\nmax_body = 2MiB\nthreads = 2\nqueue_bytes = 512KiB\n' > "$conf"
kill -HUP "$DAEMON"
await_log 'has been read again'
ok $? 'SIGHUP: reads the configuration again'
is "$(stream_code)" 200 'SIGHUP: a stream now'
await_log 'max_body changes only with a restart'
ok $? 'SIGHUP: says what wants a restart'
await_log 'threads changes only with a restart'
ok $? 'SIGHUP: all of it'
await_log 'warning: queue_bytes is less than max_body'
ok $? 'SIGHUP: warns of what a delivery would not get by'
await_log 'max_connections is 192'
is "$(grep -c 'max_connections changes' "$SCRATCH/daemon.log")" 0 'SIGHUP: but not what the limit of open files makes of it'
printf 'max_streams = 1\nmax_streems = 1\n' > "$conf"
kill -HUP "$DAEMON"
await_log 'stays as it was.*hooktrail.conf:2: there is no setting'
ok $? 'SIGHUP: a fault is told with its line'
is "$(get_code /v1/stats) $(stream_code)" '200 200' 'SIGHUP: and changes nothing'
printf 'max_streams = 1\nlog_level = error\n' > "$conf"
kill -HUP "$DAEMON"
sleep 0.5 # nothing tells of it
stop_daemon_well
is "$(grep -c -e 'has been read again' -e 'stopping' "$SCRATCH/daemon.log")" 1 'SIGHUP: log_level = error silences the rest'

# ---- SIGTERM under load ----

start_daemon || { ok 1 'the daemon starts for the load'; done_testing; }
port=${URL##*:}
: > "$SCRATCH/acks"
node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
for round in 1 2 3; do
    for _ in $(seq 100); do [ "$(wc -l < "$SCRATCH/acks")" -ge $((round * 100)) ] && break; sleep 0.05; done
    begin=$(date +%s%N)
    stop_daemon_well
    [ $((($(date +%s%N) - begin) / 1000000)) -lt 5500 ]
    ok $? "SIGTERM $round: within five seconds"
    is "$(cut -d' ' -f1,2 "$SCRATCH/acks" | missing /dev/stdin)" 0 "SIGTERM $round: every acknowledged event is there"
    start_daemon --listen "127.0.0.1:$port" || { ok 1 "SIGTERM $round: the daemon starts again"; done_testing; }
done
touch "$SCRATCH/stop"
wait "$storm"
is $? 0 "the sender has everything acknowledged in the end"
stop_daemon_well
diag "sent and acknowledged: $(cat "$SCRATCH/storm")"
is "$(cut -d' ' -f1,2 "$SCRATCH/acks" | missing /dev/stdin)" 0 'every acknowledged event is there'
is "$(cut -d' ' -f2 "$SCRATCH/stored" | sort | uniq -d | wc -l)" 0 'each payload once'
passes 'verify' "$HOOKTRAIL" verify --data "$DATA"

# ---- a full disk ----

MOUNT=$SCRATCH/mount
mkdir "$MOUNT"
if ! mount -t tmpfs -o size=96m,mode=700 none "$MOUNT" 2> "$SCRATCH/null"; then
    MOUNT=
    TESTS=$((TESTS + 1))
    echo "ok $TESTS - a full disk # skip may not mount a small disk"
    done_testing
fi
DATA=$MOUNT/data
# leave MIB: fills the small disk so that MIB are left.
leave() { head -c "$(($(df --output=avail -B1 "$MOUNT" | tail -1) - $1 * 1048576))" /dev/zero > "$MOUNT/filler"; }
# Payloads that don't get smaller by compression.
mkdir "$SCRATCH/large"
for n in $(seq 24); do
    printf '{"agent_id":"a","conversation":{"id":"large-%d"},"messages":[{"role":"user","content":"%s"}]}' "$n" \
        "$(head -c 450000 /dev/urandom | base64 -w 0)" > "$SCRATCH/large/$n.json"
done
# send_large: all at once; what is acknowledged goes to acks.full, the codes that were seen to codes.
send_large() {
    local sent=() file
    for file in "$SCRATCH"/large/*.json; do
        curl -s -m 30 -D "$file.head" -o "$file.answer" -w '%{http_code}\n' --data-binary "@$file" "$HOOK" > "$file.code" &
        sent+=($!)
    done
    wait "${sent[@]}"
    cat "$SCRATCH"/large/*.code | sort | uniq -c | awk '{print $2}' | xargs > "$SCRATCH/codes"
    cat "$SCRATCH"/large/*.answer | jq -r 'select(.seq) | "\(.seq) \(.sha256)"' >> "$SCRATCH/acks.full"
}
init_store
start_daemon --set reserve=32MiB || { ok 1 'the daemon starts on a small disk'; done_testing; }
post "$FIXTURES/contact.json" > "$SCRATCH/null"
is "$(code)" 200 'room: taken'
leave 20
post "$FIXTURES/type-new-session.json" '' -D "$SCRATCH/headers" > "$SCRATCH/null"
is "$(code)" 503 'less than the reserve: refused'
like "$(cat "$SCRATCH/headers")" 'Retry-After: [0-9]+' 'with Retry-After'
like "$(cat "$SCRATCH/daemon.log")" 'bytes are left on the disk of .*reserve' 'the log says why'
is "$(get_code /readyz)" 503 'not ready'
is "$(get_code /v1/events) $(get_code /v1/events/1/payload) $(get_code /healthz)" '200 200 200' 'reads go on'
is "$(cli events | wc -l)" 1 'the tool too'
rm "$MOUNT/filler"
is "$(post "$FIXTURES/type-new-session.json" | jq .seq)" 2 'room again: taken, and no number is lost'
is "$(get_code /readyz)" 200 'ready'
stop_daemon_well

# Beyond the reserve: the write itself fails, in the middle of a batch.
start_daemon --set reserve=1MiB || { ok 1 'the daemon starts on a small disk'; done_testing; }
leave 4
send_large
like "$(cat "$SCRATCH/codes")" '503' 'a disk that is full in the middle of a batch: refused'
is "$(tr ' ' '\n' < "$SCRATCH/codes" | grep -cvx -e 200 -e 503)" 0 'and nothing else is answered'
is "$(cat "$SCRATCH"/large/*.head | grep -ci '^retry-after: ')" "$(grep -lx 503 "$SCRATCH"/large/*.code | wc -l)" 'with Retry-After'
kill -0 "$DAEMON"
ok $? 'the daemon lives'
is "$(get_code /v1/events) $(get_code /v1/events/2/payload) $(get_code /v1/stats)" '200 200 200' 'reads go on'
is "$(missing "$SCRATCH/acks.full")" 0 'what was acknowledged is there'
diag "acknowledged on the full disk: $(wc -l < "$SCRATCH/acks.full") of 24"
kill -9 "$DAEMON"
wait "$DAEMON" 2> "$SCRATCH/null"
start_daemon --set reserve=1MiB
ok $? 'a daemon that died on the full disk starts again'
is "$(get_code /v1/events)" 200 'and serves what is there'
rm "$MOUNT/filler"
send_large
is "$(cat "$SCRATCH/codes")" 200 'room again: all are taken'
is "$(missing "$SCRATCH/acks.full")" 0 'all that was acknowledged, then and now, is there'
is "$(cut -d' ' -f2 "$SCRATCH/stored" | sort | uniq -d | wc -l) $(wc -l < "$SCRATCH/stored")" '0 26' 'each once'
stop_daemon_well
passes 'verify' "$HOOKTRAIL" verify --data "$DATA"
done_testing
