#!/bin/bash
# hooktrail export where something is wrong with the target: nobody there, wrong credentials, no room, killed in the middle,
# changed by hand, ahead of the trail. Each time an error that says why, another exit status than 0, and afterwards, when it is
# mended, a run that goes on: each event once.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/system/clickhouse.sh
. tests/export/rgw.sh

make_postgres
make_clickhouse
rgw_start || { ok 1 'an object store starts'; done_testing; }
BUCKET=refused-$$
s3 PUT "$BUCKET" > "$SCRATCH/null"
MOUNT=$SCRATCH/mount
# shellcheck disable=SC2317 # AT_END calls it
unmount() {
    for mount in "$MOUNT" "$CLICKHOUSE_DIR/data/data/small"; do ! mountpoint -q "$mount" || umount -l "$mount"; done
}
AT_END+=(unmount)
init_store
EVENTS=0
more() { "$OUT/benchmarks/fill" --data "$DATA" --first "$EVENTS" --count "$1" > "$SCRATCH/null" && EVENTS=$((EVENTS + $1)); }
more 6000

declare -A to=([files]="$SCRATCH/files" [s3]="s3://$BUCKET/nightly" [postgresql]="$POSTGRES_URL" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/nightly")
declare -A options=([files]='--format ndjson' [s3]='--format ndjson')
# shellcheck disable=SC2086 # options are words
run() { "$HOOKTRAIL" export --data "$DATA" --to "${AT:-${to[$1]}}" ${options[$1]:-} --name "$1" "${@:2}"; } # run TARGET OPTIONS…; $AT: elsewhere
said() { cat "$SCRATCH/stderr"; }
# fails STATUS REGEX NAME TARGET OPTIONS…
fails() {
    exits "$1" "$3" run "${@:4}"
    said >> "$SCRATCH/all.stderr"
    like "$(said)" "$2" 'and says why'
}
counts() { awk '{ rows++; size += $2; if (!seen[$1]++) events++ } END { print rows + 0, events + 0, size + 0 }'; }
wanted() { cli events | jq -r '"\(.seq) \(.size)"' | counts; }
held() { # held TARGET: rows, events, bytes of payloads
    case $1 in
    files) find "$SCRATCH/files/events" -name '*.ndjson' -exec cat {} + | jq -r '"\(.seq) \(.size)"' | counts ;;
    s3) "$OUT/tests/export/place" "${to[s3]}" list events/ | cut -d' ' -f2 | while read -r name; do
        "$OUT/tests/export/place" "${to[s3]}" read "$name"; done | jq -r '"\(.seq) \(.size)"' | counts ;;
    postgresql) sql 'SELECT count(*), count(DISTINCT seq), sum(size) FROM hooktrail.events' | tr '|' ' ' ;;
    clickhouse) clicksql 'SELECT count(), uniqExact(seq), sum(size) FROM nightly.events FINAL' | tr '\t' ' ' ;;
    esac
}
goes_on() { # goes_on TARGET [OPTIONS…]
    passes "$1: the next run" run "$@"
    is "$(held "$1")" "$(wanted)" "$1: goes on, each event once"
}

# ---- nobody there ----

# (Of a bucket and a host five tries with pauses, beside the rest.)
(AWS_ENDPOINT_URL=http://127.0.0.1:1 AT=${to[s3]} run nobody > "$SCRATCH/null" 2> "$SCRATCH/s3.stderr"; echo $? > "$SCRATCH/s3.status") &
nobody=$!
AT=$SCRATCH/no/such/folder fails 1 'No such file or directory' 'a folder in none' files
AT="postgresql://tester@127.0.0.1:1/postgres" fails 1 'cannot connect to the database: .*Connection refused' 'no PostgreSQL' postgresql
AT='clickhouse://127.0.0.1:1/nightly' fails 1 "Connection refused|Couldn't connect|Failed to connect" 'no ClickHouse' clickhouse
AT="s3://$BUCKET-missing/x" fails 2 'there is no such bucket' 'no bucket' s3
wait "$nobody"
is "$(cat "$SCRATCH/s3.status")" 1 'no object store'
like "$(cat "$SCRATCH/s3.stderr")" "Connection refused|Couldn't connect|Failed to connect" 'and says why'

# ---- wrong credentials ----

AT="postgresql://guest:geheim@/postgres?host=$POSTGRES_DIR" fails 1 'password authentication failed' 'a wrong password of PostgreSQL' postgresql
AT="postgresql://guest:open%20sesame%40%2F@/postgres?host=$POSTGRES_DIR" fails 1 'permission denied' 'one who may do nothing there' postgresql
AT="clickhouse://guest:geheim@127.0.0.1:$CLICKHOUSE_PORT/nightly" fails 1 'Wrong password' 'of ClickHouse' clickhouse
AWS_SECRET_ACCESS_KEY=geheim fails 1 'secret access key is not the right one' 'a wrong key of the object store' s3
AWS_ACCESS_KEY_ID=AKIAOTHER AWS_SECRET_ACCESS_KEY=OTHER-SECRET fails 1 'credentials do not allow it' 'somebody else' s3
mkdir -m 500 "$SCRATCH/closed"
if [ "$(id -u)" != 0 ]; then AT=$SCRATCH/closed fails 1 'Permission denied' 'a folder that may not be written to' files; fi
is "$(cat "$SCRATCH"/*stderr | grep -c 'geheim\|sesame\|OTHER-SECRET\|SECRET-that')" 0 'no error has a password'

# ---- then they are there ----

for target in files s3 postgresql clickhouse; do goes_on "$target"; done

# ---- no room ----

mkdir "$MOUNT"
if mount -t tmpfs -o size=4m,mode=711 none "$MOUNT" 2> "$SCRATCH/null"; then
    AT=$MOUNT/full fails 5 'No space left on device' 'a full disk below the files' full --format ndjson
    mount -o remount,size=64m "$MOUNT"
    AT=$MOUNT/full passes 'with room the next run goes on' run full --format ndjson
    is "$(find "$MOUNT/full/events" -name '*.ndjson' -exec cat {} + | jq -r '"\(.seq) \(.size)"' | counts)" "$(wanted)" 'each event once'
    rm -rf "$MOUNT/full"
    mount -o remount,size=4m "$MOUNT"
    mkdir "$MOUNT/space"
    chown "$postgres_user" "$MOUNT/space"
    sql "CREATE TABLESPACE small LOCATION '$MOUNT/space'" 'ALTER ROLE tester SET default_tablespace = small'
    small="$POSTGRES_URL&options=-csearch_path%3Dsmall"
    AT=$small fails 5 'No space left on device' 'a full disk below PostgreSQL' small
    mount -o remount,size=256m "$MOUNT"
    AT=$small passes 'with room the next run goes on' run small
    is "$(sql 'SELECT count(*), count(DISTINCT seq), sum(size) FROM small.events' | tr '|' ' ')" "$(wanted)" 'each event once'
    sql 'ALTER ROLE tester RESET default_tablespace' 'SET client_min_messages = warning' 'DROP SCHEMA small CASCADE' 'DROP TABLESPACE small'
    clicksql 'CREATE DATABASE small'
    mount -t tmpfs -o size=3m none "$CLICKHOUSE_DIR/data/data/small"
    AT=clickhouse://127.0.0.1:$CLICKHOUSE_PORT/small fails 5 'No space left on device' 'a full disk below ClickHouse' small2
    mount -o remount,size=256m "$CLICKHOUSE_DIR/data/data/small"
    AT=clickhouse://127.0.0.1:$CLICKHOUSE_PORT/small passes 'with room the next run goes on' run small2
    is "$(clicksql 'SELECT count(), uniqExact(seq), sum(size) FROM small.events FINAL' | tr '\t' ' ')" "$(wanted)" 'each event once'
    umount -l "$CLICKHOUSE_DIR/data/data/small"
    clicksql 'DROP DATABASE small' > "$SCRATCH/null"
else
    diag 'may not mount a small disk: no test of a full one'
fi
quota() { rgw_ceph radosgw-admin -n client.rgw quota "$@" --quota-scope=bucket --bucket="$BUCKET" > "$SCRATCH/null"; }
quota set --max-size=20M
quota enable
AT=s3://$BUCKET/full fails 5 'the store is full' 'a bucket that takes no more' full2 --format ndjson
quota disable
AT=s3://$BUCKET/full passes 'with room the next run goes on' run full2 --format ndjson

# ---- killed in the middle ----

# under_way TARGET: begins a run and returns when it has begun in the trail and some rows may be on their way; $! is its pid.
under_way() {
    run "$1" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" &
    local pid=$!
    for _ in $(seq 200); do
        [ "$(cli export status | jq -r --arg name "$1" 'select(.name == $name) | .state')" != unfinished ] || break
        sleep 0.01
    done
    sleep 0.05
    RUN=$pid
}
more 6000
under_way postgresql
stop_postgres -KILL
wait "$RUN"
is $? 1 'PostgreSQL is killed in the middle: the run fails'
like "$(said)" 'server closed the connection|connection has ended|terminating connection|cannot ' 'and says why'
start_postgres
goes_on postgresql
under_way clickhouse
kill_clickhouse
wait "$RUN"
is $? 1 'ClickHouse is killed in the middle: the run fails'
like "$(said)" "cannot (insert|look|make|read|note)" 'and says why'
start_clickhouse
goes_on clickhouse
port=$(rgw_free_port)
rgw_gateway "$port"
gateway=$!
disown
rgw_answers "$port" "$gateway"
AWS_ENDPOINT_URL=http://127.0.0.1:$port under_way s3
kill -9 "$gateway"
while kill -0 "$gateway" 2> "$SCRATCH/null"; do sleep 0.05; done
rgw_gateway "$port"
gateway=$!
disown
AT_END+=("kill -9 $gateway")
wait "$RUN"
is "$? $(said)" '0 ' 'the gateway of the object store is killed, and there again: the run goes on by itself'
is "$(held s3)" "$(wanted)" 's3: each event once'
goes_on files

# ---- changed by hand ----

more 100
sql 'ALTER TABLE hooktrail.events DROP COLUMN visitor_id' 'DROP TABLE hooktrail.agents'
goes_on postgresql
more 100
is "$(sql 'SELECT count(visitor_id) > 0 FROM hooktrail.events' 'SELECT count(*) > 0 FROM hooktrail.agents' | xargs)" 't t' 'what rows may lack, and a table, is given back'
sql 'ALTER TABLE hooktrail.events ALTER COLUMN size TYPE numeric'
fails 1 'the column size of the table hooktrail.events is of type numeric, and must be bigint' 'a column of another type' postgresql
sql 'ALTER TABLE hooktrail.events ALTER COLUMN size TYPE bigint'
goes_on postgresql
more 100
sql 'ALTER TABLE hooktrail.events RENAME COLUMN size TO bytes'
fails 1 'hooktrail.events has lost its column size' 'a column that no row may lack' postgresql
sql 'ALTER TABLE hooktrail.events RENAME COLUMN bytes TO size'
goes_on postgresql
sql 'ALTER TABLE hooktrail.events ADD COLUMN mine text NOT NULL DEFAULT 1'
more 100
goes_on postgresql
sql 'ALTER TABLE hooktrail.events ADD CHECK (seq < 13000)'
more 1000
fails 1 'violates check constraint' 'a constraint that rows break' postgresql
sql 'ALTER TABLE hooktrail.events DROP CONSTRAINT events_seq_check'
goes_on postgresql
clicksql 'ALTER TABLE nightly.events DROP COLUMN visitor_id'
goes_on clickhouse
more 100
clicksql 'ALTER TABLE nightly.events MODIFY COLUMN size Int32'
fails 1 'the column size of the table nightly.events is of type Int32, and must be Int64' 'a column of another type' clickhouse
clicksql 'ALTER TABLE nightly.events MODIFY COLUMN size Int64'
goes_on clickhouse
goes_on files
more 100
echo '{' > "$SCRATCH/files/_manifests/files-000000000009.json"
fails 1 'manifest' 'a manifest that is none' files
rm "$SCRATCH/files/_manifests/files-000000000009.json"
goes_on files
goes_on s3

# ---- ahead of the trail ----

passes 'a backup' "$HOOKTRAIL" backup "$SCRATCH/backup" --data "$DATA"
more 100
for target in files s3 postgresql clickhouse; do goes_on "$target"; done
kept=$DATA
passes 'is restored' "$HOOKTRAIL" restore "$SCRATCH/backup" --data "$SCRATCH/restored"
"$OUT/benchmarks/fill" --data "$SCRATCH/restored" --first 90000 --count 150 > "$SCRATCH/null" # other events, with the same numbers
for target in files s3 postgresql clickhouse; do
    before=$(held "$target")
    DATA=$SCRATCH/restored
    fails 1 'was an older backup restored' "$target: which does not know of the last run" "$target"
    DATA=$kept
    is "$(held "$target")" "$before" "$target: nothing has changed"
    DATA=$SCRATCH/restored
    goes_on "$target" --full
    DATA=$kept
done
done_testing
