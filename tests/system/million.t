#!/bin/bash
# EVENTS (5,000) generated events, some of them wild, delivered more than once, or erased, on their round trip: through
# Parquet, NDJSON and CSV into DuckDB, and into PostgreSQL. There counts, sums and a digest over all columns must be those
# of `hooktrail events` and of the payloads as the API gives them, by code that shares nothing with the exporter
# (tests/export/digest.mjs). Controls: one changed value, and two rows that have swapped one, which keeps every sum.
. tests/system/lib.sh
. tests/system/postgres.sh

EVENTS=${EVENTS:-5000}
make_postgres
init_store
passes "$EVENTS events are made" "$OUT/benchmarks/fill" --data "$DATA" --count "$EVENTS"
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
passes 'and wild ones come by HTTP' node tests/system/fill.mjs "$HOOK" "$RANDOM" 150
lead=$(cli leads --limit 1 | jq -r .id)
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$lead" --confirm --data "$DATA"
trail=$(cli checkpoint | head -1 | cut -d/ -f2)
is "$(cli events | jq -c 'select(.erased_at or .derived or .deliveries > 1 or .warnings != []) | [.erased_at != null, .derived == true, .deliveries > 1, .warnings != []]' |
    jq -cs 'transpose | map(any)')" '[true,true,true,true]' 'among them erased and derived ones, repeated ones, and some with warnings'

since() { printf '%d.%d s' $((($(date +%s%N) - $1) / 1000000000)) $((($(date +%s%N) - $1) / 100000000 % 10)); }
digest() { node tests/export/digest.mjs "$@"; }
began=$(date +%s%N)
digest list "$trail" "$HOOKTRAIL" "$DATA" "$URL" "$TOKEN" > "$SCRATCH/wanted" 2> "$SCRATCH/stderr"
ok $? 'the events are listed, and each payload has the digest that the list tells'
diag "$(cat "$SCRATCH/wanted" "$SCRATCH/stderr")"
diag "listed in $(since "$began")"
wanted() { sed -n "s/^$1 //p" "$SCRATCH/wanted"; }
is "$(wanted received | cut -d'|' -f1)" "$(api /v1/stats | jq .totals.events)" 'as many as the statistics count'

export_to() { # export_to TARGET OPTIONS…
    began=$(date +%s%N)
    passes "an export to $1${3:+ as $3}" "$HOOKTRAIL" export --data "$DATA" --tables events --to "$@"
    diag "$(cat "$SCRATCH/stdout"), in $(since "$began")"
}

# ---- files, into DuckDB ----

for format in parquet ndjson csv; do
    export_to "$SCRATCH/$format" --format "$format"
    began=$(date +%s%N)
    is "$(digest duckdb "$format" "$SCRATCH/$format" 2>&1)" "$(wanted received)" "$format: DuckDB has every value of every row"
    diag "read in $(since "$began")"
done
file=$(find "$SCRATCH/csv" -name '*.csv' | sort | head -1)
sed -i '1000s/new-\|session-/old-/' "$file" # by one sign more or less
other=$(digest duckdb csv "$SCRATCH/csv" 2>&1)
is "$(cut -d'|' -f1-4 <<< "$other")" "$(wanted received | cut -d'|' -f1-4)" 'control, one type changed in a file: the sums are the same'
ok $(($(cut -d'|' -f5 <<< "$other") == $(wanted received | cut -d'|' -f5))) 'and the digest is not'
rm -rf "$SCRATCH/parquet" "$SCRATCH/ndjson" "$SCRATCH/csv"

# ---- PostgreSQL ----

in_postgres() { sql "SET TimeZone = 'UTC'" "${@:2}" "$(digest postgresql | sed "s/{}/$1/")"; }
export_to "$POSTGRES_URL"
began=$(date +%s%N)
is "$(in_postgres hooktrail.events)" "$(wanted jsonb)" 'PostgreSQL has every value of every row'
diag "read in $(since "$began")"
is "$(sql 'SELECT count(_changes) FROM hooktrail.events')" 0 'and nothing was mended'
other=$(in_postgres hooktrail.events BEGIN "UPDATE hooktrail.events SET size = size + 1 WHERE seq = 1000")
ok $(($(cut -d'|' -f3 <<< "$other") == $(wanted jsonb | cut -d'|' -f3))) 'control, one size changed: a sum is another'
other=$(in_postgres hooktrail.events BEGIN "UPDATE hooktrail.events e SET size = o.size, payload = o.payload FROM hooktrail.events o
    WHERE (e.seq, o.seq) IN ((1000, 1001), (1001, 1000))")
is "$(cut -d'|' -f1-4 <<< "$other")" "$(wanted jsonb | cut -d'|' -f1-4)" 'control, two rows with their payloads swapped: the sums are the same'
ok $(($(cut -d'|' -f5 <<< "$other") == $(wanted jsonb | cut -d'|' -f5))) 'and the digest is not'
stop_daemon_well
done_testing
