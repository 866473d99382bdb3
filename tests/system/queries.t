#!/bin/bash
# The five queries of docs/queries, on DuckDB (by the views of an export) and on PostgreSQL, over the fixtures' day of sales:
# both give the known answers.
. tests/system/lib.sh
. tests/system/postgres.sh

make_postgres
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/sales-day/*.json > "$SCRATCH/sent"
passes 'an export for DuckDB' "$HOOKTRAIL" export --data "$DATA" --to "duckdb:$SCRATCH/it's a warehouse/views.sql" --name duckdb
passes 'an export to PostgreSQL' "$HOOKTRAIL" export --data "$DATA" --to "$POSTGRES_URL" --name postgresql
on_duckdb() { node tests/system/duckdb.mjs "$SCRATCH/it's a warehouse/views.sql" "docs/queries/$1.sql"; }
on_postgresql() { PGOPTIONS='-c search_path=hooktrail' psql -h "$POSTGRES_DIR" -U tester -d postgres -qAtX -F '|' -v ON_ERROR_STOP=1 -f "docs/queries/$1.sql"; }

answers() { # answers QUERY WANTED NAME: with numbers as they are, whatever their type
    local plain='s/([0-9])\.0+(\||$)/\1\2/g; s/ 00:00:00//g'
    is "$(on_duckdb "$1" 2>&1 | sed -E "$plain")" "$2" "$3: DuckDB"
    is "$(on_postgresql "$1" 2>&1 | sed -E "$plain")" "$2" "$3: PostgreSQL"
}
cli conversations | jq -c . > "$SCRATCH/conversations"
cli leads | jq -c . > "$SCRATCH/leads"
answers conversations-per-day "$(jq -r '"\(.first_at[:10])|\(.agent_name // .agent_id // "-")"' "$SCRATCH/conversations" | sort | uniq -c |
    awk '{ n = $1; sub(/^ *[0-9]+ /, ""); print $0 "|" n }')" 'conversations per day and agent'
answers time-to-escalation 'Sales Assistant|1|640|640' 'time to escalation'
answers intent-to-contact '1|1|100' 'intent to contact'
is "$(on_duckdb unanswered-questions | cut -d'|' -f1,3,4)" "$(on_postgresql unanswered-questions | cut -d'|' -f1,3,4)" 'unanswered questions: both the same'
like "$(on_postgresql unanswered-questions)" '^2\|.*\|.*\?$' 'unanswered questions: event 2, with the question'
is "$(on_duckdb leads-by-company | cut -d'|' -f1-3)" "$(on_postgresql leads-by-company | cut -d'|' -f1-3)" 'leads by company: both the same'
like "$(on_postgresql leads-by-company)" 'Alpenquell\|1\|' 'leads by company: the known one'
is "$(on_duckdb leads-by-company | wc -l)" "$(jq -r '.profile.company // "-"' "$SCRATCH/leads" | sort -u | wc -l)" 'as many companies as the leads have'

# ---- the statements that `export --schema` prints ----

tables='erasures events deliveries conversations messages leads lead_changes agents'
"$HOOKTRAIL" export --schema duckdb > "$SCRATCH/tables.sql"
for table in $tables $tables; do # twice: keys see to it that each row is there once
    [ ! -d "$SCRATCH/it's a warehouse/$table" ] ||
        echo "INSERT OR IGNORE INTO hooktrail.$table SELECT * FROM read_parquet('$SCRATCH/it''s a warehouse/$table/*/*.parquet', hive_partitioning = false);"
done >> "$SCRATCH/tables.sql"
for table in $tables; do echo "SELECT '$table', count(*) FROM hooktrail.$table"; done | sed '1!s/^/UNION ALL /' > "$SCRATCH/count.sql"
node tests/system/duckdb.mjs "$SCRATCH/tables.sql" "$SCRATCH/count.sql" > "$SCRATCH/counts" 2>&1
is "$(sort "$SCRATCH/counts")" "$(sql "$(cat "$SCRATCH/count.sql")" | sort)" 'DuckDB takes its own tables, and the files into them, once'
sql 'SET client_min_messages = warning' 'DROP SCHEMA hooktrail CASCADE'
"$HOOKTRAIL" export --schema postgresql > "$SCRATCH/tables.sql"
passes 'PostgreSQL takes its own' psql -h "$POSTGRES_DIR" -U tester -d postgres -qX -v ON_ERROR_STOP=1 -f "$SCRATCH/tables.sql"
passes 'and an export goes into them' "$HOOKTRAIL" export --data "$DATA" --to "$POSTGRES_URL"
is "$(sql "$(cat "$SCRATCH/count.sql")" | sort)" "$(sort "$SCRATCH/counts")" 'with the same rows'
stop_daemon_well
done_testing
