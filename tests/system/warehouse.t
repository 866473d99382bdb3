#!/bin/bash
# The nightly export to every target, while events come in: killed by kill -9 at random moments (KILLS hits each), repeated
# until it is done; then each target holds the trail, row for row, and follows an erasure.
# KILLS: hits for each target, 2.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/system/clickhouse.sh
. tests/export/rgw.sh

KILLS=${KILLS:-2}
PLACE=$OUT/tests/export/place
make_postgres
make_clickhouse
rgw_start || { ok 1 'an object store starts'; done_testing; }
BUCKET=warehouse-$$
s3 PUT "$BUCKET" > "$SCRATCH/null"
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent"
more() { node tests/system/fill.mjs "$HOOK" "$RANDOM$RANDOM" "$1" > "$SCRATCH/null"; } # more CONVERSATIONS
more 60
# A lead whose number changes and changes back: without the change between, the last one is none.
for phone in 1 2 1; do
    jq -cn --arg phone "$phone" --arg at "$RANDOM" '{agent_id: "a", event: "new-lead", note: $at, lead: {id: "there and back", phone: $phone}}' > "$SCRATCH/body"
    post "$SCRATCH/body" > "$SCRATCH/answer-$phone"
done

# Each target with its options, by the name of its export.
targets='parquet ndjson csv duckdb s3 postgresql clickhouse'
declare -A to=([parquet]="$SCRATCH/parquet" [ndjson]="$SCRATCH/ndjson" [csv]="$SCRATCH/csv" [duckdb]="duckdb:$SCRATCH/duckdb/views.sql"
    [s3]="s3://$BUCKET/nightly" [postgresql]="$POSTGRES_URL" [clickhouse]="clickhouse://127.0.0.1:$CLICKHOUSE_PORT/nightly")
declare -A options=([ndjson]='--format ndjson --file-size 100KiB' [csv]='--format csv' [s3]='--file-size 100KiB')
# shellcheck disable=SC2086 # options are words
start() { exec "$HOOKTRAIL" export --data "$DATA" --to "${to[$1]}" ${options[$1]:-} --name "$1" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"; }
run() { (start "$1"); }
state() { cli export status | jq -r --arg name "$1" 'select(.name == $name) | .state'; }

# killed TARGET: a run that dies at a random moment of the time that one takes; fails if it has ended before. That time is
# learnt: it was too long where a run has ended.
declare -A TRIED HIT MIDDLE LASTS
killed() {
    local lasts=${LASTS[$1]:-300} run after status
    (start "$1") &
    run=$!
    after=$((RANDOM * (lasts + 1) / 32768))
    sleep "$((after / 1000)).$(printf '%03d' $((after % 1000)))"
    kill -9 "$run" 2> "$SCRATCH/null"
    wait "$run" 2> "$SCRATCH/null"
    status=$?
    TRIED[$1]=$((${TRIED[$1]:-0} + 1))
    LASTS[$1]=$((status == 137 ? lasts * 11 / 10 + 1 : after * 9 / 10 + 1))
    [ "$status" = 137 ] || return 1
    HIT[$1]=$((${HIT[$1]:-0} + 1))
    [ "$(state "$1")" != unfinished ] || MIDDLE[$1]=$((${MIDDLE[$1]:-0} + 1))
}
# storm TARGET HITS: killed until it has hit so often. When a run has come to its end, or has been killed eight times, the next
# one does, and then there is more to export.
storm() {
    local goal=$((${HIT[$1]:-0} + $2)) filling failed=0
    while [ "${HIT[$1]:-0}" -lt "$goal" ] && [ "${TRIED[$1]:-0}" -lt $((10 * goal + 20)) ]; do
        more 15 &
        filling=$!
        for _ in 1 2 3 4 5 6 7 8; do
            killed "$1" || break
            [ "${HIT[$1]:-0}" -lt "$goal" ] || break
        done
        wait "$filling"
        run "$1" || failed=$((failed + 1))
        [ "$(state "$1")" = 'done' ] || failed=$((failed + 1))
    done
    is "$failed" 0 "$1: repeated, it is done each time"
}

# ---- what a target holds ----

bucket() { # the files of the bucket, below $SCRATCH/bucket
    rm -rf "$SCRATCH/bucket"
    "$PLACE" "${to[s3]}" list '' | cut -d' ' -f2 | while read -r name; do
        mkdir -p "$SCRATCH/bucket/$(dirname "$name")"
        "$PLACE" "${to[s3]}" read "$name" > "$SCRATCH/bucket/$name"
    done
}
tables='erasures events deliveries conversations messages leads lead_changes agents'
in_postgres() { # in_postgres SCHEMA
    for table in $tables; do
        sql "SELECT '$table', count(*), md5(string_agg(d, '' ORDER BY d)) FROM
            (SELECT md5((to_jsonb(t) - 'updated_seq' - 'deliveries')::text) AS d FROM $1.$table t) r"
    done
}
in_clickhouse() { # in_clickhouse DATABASE
    local columns counts
    for table in $tables; do
        columns=$(clicksql "SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns WHERE database = '$1' AND table = '$table'
            AND name NOT IN ('updated_seq', 'deliveries')")
        counts=
        [ "$table" != messages ] || counts="WHERE (trail, conversation_id, updated_seq) IN
            (SELECT trail, conversation_id, max(updated_seq) FROM $1.messages GROUP BY trail, conversation_id)"
        clicksql "SELECT $columns FROM $1.$table FINAL $counts" | sort > "$SCRATCH/rows"
        echo "$table $(wc -l < "$SCRATCH/rows") $(sha256sum < "$SCRATCH/rows")"
    done
}
# holds WHEN: each target holds the trail, as undisturbed exports of all show it.
holds() {
    local whole=$SCRATCH/whole
    rm -rf "$whole"
    bucket
    "$HOOKTRAIL" export --data "$DATA" --to "$whole" > "$SCRATCH/null"
    "$HOOKTRAIL" export --data "$DATA" --to "$POSTGRES_URL&options=-csearch_path%3Dwhole" > "$SCRATCH/null"
    "$HOOKTRAIL" export --data "$DATA" --to "clickhouse://127.0.0.1:$CLICKHOUSE_PORT/whole" > "$SCRATCH/null"
    node tests/export/tables.mjs "$whole" parquet "$whole" parquet "$SCRATCH/parquet" ndjson "$SCRATCH/ndjson" csv "$SCRATCH/csv" \
        parquet "$SCRATCH/bucket" views "$SCRATCH/duckdb/views.sql" > "$SCRATCH/held" 2> "$SCRATCH/stderr"
    local line=0 wanted name
    wanted=$(head -1 "$SCRATCH/held")
    like "$wanted$(cat "$SCRATCH/stderr")" '^erasures [0-9]+ .* messages [0-9]{3,} [0-9]+$' "$1: an undisturbed export is read"
    diag "$(head -1 "$SCRATCH/held" | sed 's/ [0-9]*\(,\|$\)/\1/g')"
    for name in 'the undisturbed one' Parquet NDJSON CSV 'the bucket' 'what DuckDB shows'; do
        line=$((line + 1))
        is "$(sed -n "${line}p" "$SCRATCH/held")" "$wanted" "$1: $name, row for row"
    done
    is "$(in_postgres hooktrail)" "$(in_postgres whole)" "$1: PostgreSQL, row for row"
    is "$(in_clickhouse nightly)" "$(in_clickhouse whole)" "$1: ClickHouse, row for row"
    is "$(sql "SELECT seq, sha256 FROM hooktrail.events WHERE erased_at IS NULL ORDER BY seq" | tr '|' ' ')" \
        "$(cli events --order asc | jq -r 'select(.sha256) | "\(.seq) \(.sha256)"')" "$1: the events are those of the list"
}

# ---- killed ----

for target in $targets; do storm "$target" "$KILLS"; done
for target in $targets; do
    run "$target"
    is $? 0 "$target: the last run"
done
holds 'after kills'

# ---- an erasure ----

subject=$(cli leads | jq -r '.id | select(test("^lead-([02-9]|1[0-9])$"))' | shuf -n 1) # lead-1 is named where nothing reads it, too
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$subject" --confirm --data "$DATA"
passes 'and an event of another' "$HOOKTRAIL" erase --seq "$(jq .seq "$SCRATCH/answer-2")" --confirm --data "$DATA"
for target in $targets; do
    killed "$target"
    run "$target"
    is $? 0 "$target: the next run"
done
holds 'after an erasure'
is "$(grep -rlF "\"$subject\"" "$SCRATCH/ndjson" "$SCRATCH/csv" | wc -l)" 0 'no file tells of who was erased'
is "$(sql "SELECT count(*) FROM hooktrail.leads WHERE lead_id = '$subject'")" 0 'no row of PostgreSQL'
is "$(clicksql "SELECT count() FROM nightly.leads WHERE lead_id = '$subject'")" 0 'nor of ClickHouse, FINAL or not'

for target in $targets; do
    diag "$target: ${HIT[$target]:-0} of ${TRIED[$target]:-0} runs were killed, ${MIDDLE[$target]:-0} of them with the run begun in the trail"
    run "$target"
    is "$? $(cat "$SCRATCH/stdout")" '0 nothing new' "$target: then nothing is new"
done
hits=$(($(IFS=+; echo "${HIT[*]}")))
diag "$hits kills in all"
ok $((hits < KILLS * 7)) 'as many runs were killed as should be'
"$HOOKTRAIL" export --data "$DATA" --to "${to[postgresql]}" --name postgresql --full > "$SCRATCH/stdout"
is "$(in_postgres hooktrail)" "$(in_postgres whole)" 'written anew PostgreSQL holds the trail too'
"$HOOKTRAIL" export --data "$DATA" --to "${to[clickhouse]}" --name clickhouse --full > "$SCRATCH/stdout"
is "$(in_clickhouse nightly)" "$(in_clickhouse whole)" 'and ClickHouse'

# Control: who changes a row is found out.
clicksql "ALTER TABLE nightly.events DELETE WHERE seq = 7"
until [ "$(clicksql "SELECT count() FROM system.mutations WHERE is_done = 0")" = 0 ]; do sleep 0.05; done
sql "UPDATE hooktrail.messages SET content = content || '.' WHERE ctid = (SELECT min(ctid) FROM hooktrail.messages)"
sed -i '1s/"size":/"size":1/' "$(find "$SCRATCH/ndjson/events" -type f | head -1)"
ok "$([ "$(in_clickhouse nightly)" != "$(in_clickhouse whole)" ]; echo $?)" 'control: a row is missing in ClickHouse'
ok "$([ "$(in_postgres hooktrail)" != "$(in_postgres whole)" ]; echo $?)" 'control: a message is another in PostgreSQL'
mapfile -t lines < <(node tests/export/tables.mjs "$SCRATCH/whole" parquet "$SCRATCH/whole" ndjson "$SCRATCH/ndjson")
ok "$([ "${#lines[@]}" = 2 ] && [ "${lines[0]}" != "${lines[1]}" ]; echo $?)" 'control: a size is another in a file'
stop_daemon_well
done_testing
