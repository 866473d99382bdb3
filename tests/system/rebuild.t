#!/bin/bash
# The index is gone, or rotten, when the daemon starts: deliveries are answered at once, while it is built again; reads
# wait for it, or are told to; what comes of it is the index that the trail gives. EVENTS are in the store, DAMAGES times
# some of the index's pages are rotten.
. tests/system/lib.sh

EVENTS=${EVENTS:-30000}
DAMAGES=${DAMAGES:-6}
port=$(free_port)
acks=$SCRATCH/acks
: > "$acks"

now_ms() { echo $(($(date +%s%N) / 1000000)); }
serve() { start_daemon --listen "127.0.0.1:$port" > "$SCRATCH/null"; }
begin_storm() {
    rm -f "$SCRATCH/stop"
    node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$acks" > "$SCRATCH/storm" 2>&1 &
    storm=$!
}
end_storm() {
    touch "$SCRATCH/stop"
    wait "$storm"
}
lag() { api /metrics | sed -n 's/^hooktrail_index_lag_events //p'; }
await_index() {
    for _ in $(seq 600); do
        [ "$(lag)" = 0 ] && return 0
        sleep 0.1
    done
    return 1
}
# Lines "SEQ SHA256" of the acknowledgements that are no event.
missing() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    cut -d' ' -f1,2 "$acks" | sort -u | comm -23 - "$SCRATCH/stored" | wc -l
}

init_store
exits 0 'a store is filled' "$OUT/benchmarks/fill" --data "$DATA" --count "$EVENTS" --size 600
old=$((EVENTS / 2))
cli show "$old" --payload > "$SCRATCH/old"

# ---- gone ----

for what in 'the folder is gone' 'its file is empty'; do
    rm -rf "$DATA/index"
    [ "$what" = 'the folder is gone' ] || { mkdir -m 700 "$DATA/index" && : > "$DATA/index/data.mdb"; }
    serve || { ok 1 "$what: the daemon starts"; done_testing; }
    answer=$(post "$SCRATCH/old")
    left=$(lag)
    is "$(code) $(jq -c '[.seq, .duplicate]' <<< "$answer")" "200 [$old,true]" \
        "$what: a delivery is answered, and an old one is known though the index does not have it yet"
    [ "$left" -gt 0 ]
    ok $? "$what: that was while it was being built ($left events to go)"
    await_index
    ok $? "$what: it is built in the end"
    stop_daemon_well
    passes "$what: it is the one that the trail gives" "$HOOKTRAIL" verify --data "$DATA"
done

# Under load; and killed, stopped and started again, before it is complete.
rm -rf "$DATA/index"
serve || { ok 1 'the daemon starts'; done_testing; }
begin_storm
sleep 0.2
left=$(lag)
kill -9 "$DAEMON"
wait "$DAEMON" 2> "$SCRATCH/null"
begin=$(now_ms)
serve || { ok 1 'the daemon starts after a kill'; done_testing; }
diag "$left events to go: killed, and ready after $(($(now_ms) - begin)) ms with $(lag) to go"
acknowledged=$(wc -l < "$acks")
sleep 0.2
begin=$(now_ms)
stop_daemon
is "$DAEMON_STATUS" 0 'SIGTERM while it is built ends the daemon well'
[ $(($(now_ms) - begin)) -lt 5500 ]
ok $? 'within five seconds'
serve || { ok 1 'the daemon starts after SIGTERM'; done_testing; }
for _ in $(seq 100); do [ "$(wc -l < "$acks")" -gt $((acknowledged + 50)) ] && break; sleep 0.05; done
last=$(tail -1 "$acks" | cut -d' ' -f1)
api "/v1/events?after=$((last - 1))&order=asc&limit=1" > "$SCRATCH/answered"
case $(code) in
200) is "$(jq '.events[0].seq' "$SCRATCH/answered")" "$last" 'a read waits for the index, and has what was acknowledged' ;;
*) is "$(code) $(jq -r .detail "$SCRATCH/answered")" '503 the index is behind the trail; try again' 'a read is told to wait' ;;
esac
end_storm
is $? 0 'the sender has had everything acknowledged'
await_index
ok $? 'the index is built in the end'
stop_daemon_well
is "$(missing)" 0 'every acknowledged event is there'
is "$(cut -d' ' -f2 "$SCRATCH/stored" | sort | uniq -d | wc -l)" 0 'no payload is there twice'
passes 'the index is the one that the trail gives' "$HOOKTRAIL" verify --data "$DATA"

# ---- rotten ----

# rot HOW: 12 pages behind LMDB's own two become noise or zeros, or 100 bits are flipped.
rot() {
    # shellcheck disable=SC2016 # perl's variables
    perl -e 'my ($how, $file) = @ARGV; open(my $f, "+<:raw", $file) or die; my $pages = (-s $file) / 4096;
        for (1 .. ($how eq "bits" ? 100 : 12)) {
            my $at = 8192 + int(rand(($pages - 2) * 4096)), my $bytes = "";
            $at -= $at % 4096 if $how ne "bits";
            seek($f, $at, 0); read($f, $bytes, $how eq "bits" ? 1 : 4096);
            $bytes = $how eq "bits" ? chr(ord($bytes) ^ (1 << int(rand(8)))) : $how eq "zeros" ? "\0" x 4096
                : join("", map { chr(int(rand(256))) } 1 .. 4096);
            seek($f, $at, 0); print $f $bytes;
        }' "$1" "$DATA/index/data.mdb"
}
# As systemd does: started again where it ends. Deliveries go on, and in the end reads do.
outlive() {
    local starts=0 before read
    before=$(wc -l < "$acks")
    while [ "$starts" -lt 4 ]; do
        starts=$((starts + 1))
        serve || continue
        for _ in $(seq 200); do
            kill -0 "$DAEMON" 2> "$SCRATCH/null" || break
            read=$(api '/v1/events?limit=1000' | jq '.events | length')
            [ "$(wc -l < "$acks")" -gt $((before + 300)) ] && [ "${read:-0}" = 1000 ] && return 0
            sleep 0.05
        done
        [ "$(code)" != 000 ] || deaths=$((deaths + 1))
        kill -9 "$DAEMON" 2> "$SCRATCH/null"
        wait "$DAEMON" 2> "$SCRATCH/null"
    done
    return 1
}
ways=(noise zeros bits)
deaths=0 rebuilt=0 wrong=0 stuck=0
DATA=$SCRATCH/small
: > "$acks"
init_store
"$OUT/benchmarks/fill" --data "$DATA" --count 3000 --size 600 > "$SCRATCH/null"
serve
begin_storm
stop_daemon
cp -r "$DATA/index" "$SCRATCH/sound"
for ((i = 0; i < DAMAGES; i++)); do
    rm -rf "$DATA/index"
    cp -r "$SCRATCH/sound" "$DATA/index"
    rot "${ways[i % 3]}"
    outlive || { stuck=$((stuck + 1)) && diag "damage $i, ${ways[i % 3]}: $(tail -3 "$SCRATCH/daemon.log")"; }
    ! grep -q 'built anew' "$SCRATCH/daemon.log" || rebuilt=$((rebuilt + 1))
    stop_daemon
    # What decodes and is wrong, verify finds, and reindex mends.
    "$HOOKTRAIL" verify --data "$DATA" > "$SCRATCH/verified" 2>&1 || wrong=$((wrong + 1))
done
is "$stuck" 0 "$DAMAGES rotten indexes: deliveries are taken, and reads answered"
diag "the daemon died $deaths times, built the index anew in $rebuilt; in $wrong verify had something to find"
serve
end_storm
is $? 0 'the sender has had everything acknowledged'
stop_daemon_well
passes 'what is left is mended by reindex' "$HOOKTRAIL" reindex --data "$DATA"
passes 'the index is the one that the trail gives' "$HOOKTRAIL" verify --data "$DATA"
is "$(missing)" 0 'every acknowledged event is there'

# ---- a death by a signal ----

inode() { stat -c %i "$DATA/index/data.mdb"; }
die() { # die SIGNAL STATUS
    kill "-$1" "$DAEMON"
    wait "$DAEMON" 2> "$SCRATCH/null"
    is $? "$2" "SIG$1 ends the daemon as ever"
}
index=$(inode)
serve
die KILL 137
serve
is "$(inode)" "$index" 'after a kill the index is the same'
die SEGV 139
serve
like "$(cat "$SCRATCH/daemon.log")" 'died by a signal: the index is built anew' 'after a crash it is built anew'
[ "$(inode)" != "$index" ]
ok $? 'another one'
await_index
index=$(inode)
die ABRT 134
serve
is "$(inode)" "$index" 'after another crash it stays: it was not the index'
last=$(api '/v1/events?limit=1' | jq '.events[0].seq')
stop_daemon_well
is "$(find "$DATA" -maxdepth 1 -name 'index.*' | wc -l)" 0 'an orderly end leaves no note'
serve
die SEGV 139
is "$(cli events --limit 1 | jq .seq)" "$last" 'after a crash the tool builds it anew as well'
passes 'and it is the one that the trail gives' "$HOOKTRAIL" verify --data "$DATA"
done_testing
