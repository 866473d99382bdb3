#!/bin/bash
# The formats of the export, read by programs that know nothing of hooktrail: DuckDB, hyparquet and PostgreSQL. Rows of
# every type and with every extreme are made by rules (tests/export/write.c), and made again by whoever has read them
# (tests/export/read.mjs): each value is compared.
. tests/system/lib.sh

WRITE=$OUT/tests/export/write
ROWS=6000   # several pages, a text of 1 MiB
MANY=30000  # 45 MB: more than one row group
SEED=$((RANDOM % 1000))
diag "seed $SEED"

# reads FORMAT READER FILE ROWS NAME
reads() { is "$(node tests/export/read.mjs "$3" "$1" "$2" "$4" "$SEED" 2>&1 | tail -c 600)" "$4" "$5"; }
written() { # written FORMAT CODEC ROWS FILE
    "$WRITE" "$1" "$2" "$3" "$SEED" > "$4" 2> "$SCRATCH/stderr" || ok 1 "$1, $2: written"
}

# ---- Parquet ----

for codec in plain gzip snappy zstd; do
    file=$SCRATCH/$codec.parquet
    written parquet "$codec" "$ROWS" "$file"
    reads parquet hyparquet "$file" "$ROWS" "Parquet, $codec: hyparquet"
    reads parquet duckdb "$file" "$ROWS" "Parquet, $codec: DuckDB"
    "$WRITE" parquet "$codec" "$ROWS" "$SEED" | cmp -s - "$file"
    ok $? "Parquet, $codec: the same rows give the same bytes"
    written parquet "$codec" 0 "$SCRATCH/none.parquet"
    reads parquet hyparquet "$SCRATCH/none.parquet" 0 "Parquet, $codec: no rows, hyparquet"
    reads parquet duckdb "$SCRATCH/none.parquet" 0 "Parquet, $codec: no rows, DuckDB"
done
node tests/export/read.mjs "$SCRATCH/zstd.parquet" parquet duckdb "$ROWS" $((SEED + 1)) > "$SCRATCH/stdout" 2>&1
is $? 1 'rows of another seed are told apart'
written parquet zstd "$MANY" "$SCRATCH/many.parquet"
reads parquet hyparquet "$SCRATCH/many.parquet" "$MANY" 'Parquet, several row groups: hyparquet'
reads parquet duckdb "$SCRATCH/many.parquet" "$MANY" 'Parquet, several row groups: DuckDB'

# ---- NDJSON, CSV ----

for format in ndjson csv; do
    for codec in plain:'' gzip:.gz zstd:.zst; do
        file=$SCRATCH/rows.$format${codec#*:}
        codec=${codec%%:*}
        written "$format" "$codec" "$ROWS" "$file"
        reads "$format" duckdb "$file" "$ROWS" "$format, $codec: DuckDB"
    done
    gzip -dc "$SCRATCH/rows.$format.gz" | cmp -s - "$SCRATCH/rows.$format"
    ok $? "$format: what gzip unpacks"
    zstd -qdc "$SCRATCH/rows.$format.zst" | cmp -s - "$SCRATCH/rows.$format"
    ok $? "$format: what zstd unpacks"
done
is "$(jq -c 'keys_unsorted' "$SCRATCH/rows.ndjson" | sort -u)" \
    '["trail","seq","number","moment","later","flag","maybe","kind","name","text","note","payload","nothing"]' \
    'NDJSON: each line is an object of all columns, in their order'

# ---- CSV by PostgreSQL, which writes it again for DuckDB to read ----

# As another user, for PostgreSQL doesn't run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }
by_postgres() {
    local bin=$1 folder=$SCRATCH/postgres
    chmod 711 "$SCRATCH"
    mkdir "$folder"
    cp "$SCRATCH/rows.csv" "$folder/rows.csv"
    if [ "$(id -u)" = 0 ]; then chown -R nobody "$folder"; fi
    as_postgres "$bin/initdb" -D "$folder/data" -U hooktrail -A trust -E UTF8 --locale C -N &&
        as_postgres "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-k $folder -h ''" start || return 1
    "$bin/psql" -h "$folder" -U hooktrail -d postgres -v ON_ERROR_STOP=1 << END
create table rows (trail text, seq bigint, number bigint, moment timestamptz, later timestamptz, flag bool, maybe bool,
    kind text, name text, text text, note json, payload json, nothing text);
copy rows from '$folder/rows.csv' with (format csv, header);
set timezone = 'UTC';
copy (select * from rows order by seq) to '$folder/again.csv'
    with (format csv, header, force_quote (trail, kind, name, text, note, payload, nothing));
END
    local status=$?
    as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate stop
    return "$status"
}
postgres=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2> "$SCRATCH/null" | sort -V | tail -1)
if [ -n "$postgres" ]; then
    by_postgres "$postgres" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    is "$? $(tail -3 "$SCRATCH/stderr")" '0 ' 'CSV: PostgreSQL takes it'
    reads csv duckdb "$SCRATCH/postgres/again.csv" "$ROWS" 'CSV: and has every value, NULL apart from the empty text'
else
    ok 0 'CSV: PostgreSQL # SKIP it is not installed'
fi
done_testing
