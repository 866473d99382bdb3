#!/bin/bash
# report.sh RESULTS: the report of a run: its folder, or its file of a line of JSON per measurement. What a run did not
# measure is said to be so, or left out.
set -euo pipefail
file=$1
[ -d "$file" ] && file=$file/run.ndjson
here=$(cd "$(dirname "$0")" && pwd)
part() { jq -rs -L "$here" "include \"report\"; $1" "$file"; }
table() { column -t -s $'\t' | sed 's| *$||'; }

part machine
echo
part targets | table
for section in beside_bare beside_peers page_table; do
    rows=$(part "$section" | table)
    [ -z "$rows" ] || printf '\n%s\n' "$rows"
done
echo
part others
