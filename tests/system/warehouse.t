#!/bin/bash
# The nightly export to files, to PostgreSQL and to a bucket, while events come in: killed at random moments
# (KILLS times each), repeated until it is done; then each target holds the trail, row for row, and follows an erasure.
# KILLS: how often, 2.
. tests/system/lib.sh
. tests/system/postgres.sh
. tests/export/rgw.sh

KILLS=${KILLS:-2}
PLACE=$OUT/tests/export/place
make_postgres
rgw_start || { ok 1 'an object store starts'; done_testing; }
s3 PUT warehouse > "$SCRATCH/null"
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent"
node tests/system/fill.mjs "$HOOK" "$RANDOM" 60 > "$SCRATCH/null"

export_to() { "$HOOKTRAIL" export --data "$DATA" --to "$@"; } # export_to TARGET OPTIONS…
# The options of each target, by its name.
declare -A to=([files]="$SCRATCH/files" [postgresql]="$POSTGRES_URL" [s3]=s3://warehouse/nightly)
declare -A options=([files]='--format ndjson --file-size 100KiB' [postgresql]='' [s3]='--format ndjson --compress gzip')

# killed TARGET: a run that dies at a random moment of the time that it takes.
killed() {
    # shellcheck disable=SC2086 # options are words
    "$HOOKTRAIL" export --data "$DATA" --to "${to[$1]}" ${options[$1]} --name "$1" > "$SCRATCH/stdout" 2>&1 &
    local run=$!
    sleep "0.$(printf '%03d' $((RANDOM % 700)))"
    kill -9 "$run" 2> "$SCRATCH/null" && KILLED=$((KILLED + 1))
    wait "$run" 2> "$SCRATCH/null"
}
# shellcheck disable=SC2086
run() { export_to "${to[$1]}" ${options[$1]} --name "$1" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"; }

# rows TARGET TABLE: as NDJSON, those that count, in any order; without what hangs on when they were written.
newest() { # newest KEY: of the rows of each key those of the newest run
    jq -cS --arg key "$1" -s 'group_by(.[$key])[] | (map(.updated_seq) | max) as $last | .[] | select(.updated_seq == $last)'
}
settle() {
    case $1 in
    conversations | messages) newest conversation_id ;;
    leads) newest lead_id ;;
    agents) newest agent_id ;;
    *) cat ;;
    esac | jq -cS 'del(.updated_seq, .deliveries)' | sort
}
rows() {
    case $1 in
    files | whole) find "$SCRATCH/$1/$2" -name '*.ndjson' -exec cat {} + 2> "$SCRATCH/null" ;;
    s3)
        "$PLACE" "${to[s3]}" list "$2/" | cut -d' ' -f2 | while read -r name; do "$PLACE" "${to[s3]}" read "$name" | gunzip; done
        ;;
    esac | settle "$2"
}
tables='events deliveries conversations messages leads lead_changes agents erasures'
digests() { for table in $tables; do echo "$table $(rows "$1" "$table" | sha256sum)"; done; }
postgres_digests() { # postgres_digests SCHEMA
    for table in $tables; do
        sql "SELECT '$table', count(*), md5(string_agg(d, '' ORDER BY d)) FROM
            (SELECT md5((to_jsonb(t) - 'updated_seq' - 'deliveries')::text) AS d FROM $1.$table t) r"
    done
}
# holds: each target holds the trail, as an undisturbed export of all shows it.
holds() {
    export_to "$SCRATCH/whole" --format ndjson > "$SCRATCH/stdout"
    export_to "$POSTGRES_URL&options=-csearch_path%3Dwhole" > "$SCRATCH/stdout"
    local whole
    whole=$(digests whole)
    is "$(digests files)" "$whole" "$1: the files hold the trail"
    is "$(digests s3)" "$whole" "$1: the bucket too"
    is "$(postgres_digests hooktrail)" "$(postgres_digests whole)" "$1: and PostgreSQL"
    is "$(sql "SELECT seq, sha256 FROM hooktrail.events WHERE erased_at IS NULL ORDER BY seq" | tr '|' ' ')" \
        "$(cli events --order asc | jq -r 'select(.sha256) | "\(.seq) \(.sha256)"')" "$1: its events are those of the list"
}

node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
KILLED=0
for target in files postgresql s3; do
    for _ in $(seq "$KILLS"); do killed "$target"; done
    run "$target"
    is "$? $(cli export status | jq -r --arg name "$target" 'select(.name == $name) | .state')" '0 done' "$target: done in the end"
    killed "$target"
done
touch "$SCRATCH/stop"
wait "$storm"
diag "$KILLED of $(((KILLS + 1) * 3)) runs were killed"
for target in files postgresql s3; do
    run "$target"
    is $? 0 "$target: the last run"
done
holds 'after kills'

subject=$(rows whole leads | jq -r '.lead_id | select(test("^lead-"))' | head -1)
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$subject" --confirm --data "$DATA"
for target in files postgresql s3; do
    killed "$target"
    run "$target"
    is $? 0 "$target: the next run"
done
holds 'after an erasure'
is "$(sql "SELECT count(*) FROM hooktrail.leads WHERE lead_id = '$subject'")" 0 'no row tells of who was erased'

for target in files postgresql s3; do
    run "$target"
    is "$? $(cat "$SCRATCH/stdout")" '0 nothing new' "$target: then nothing is new"
done
# shellcheck disable=SC2086
export_to "${to[postgresql]}" --name postgresql --full > "$SCRATCH/stdout"
is "$(postgres_digests hooktrail)" "$(postgres_digests whole)" 'written anew PostgreSQL holds the trail too'
stop_daemon_well
done_testing
