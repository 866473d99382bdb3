#!/bin/bash
# plot.sh RESULTS: plots of a run's folder, as SVG beside its results: throughput by connections, latencies, growth.
# Left out without gnuplot, as is each plot for which nothing was measured.
set -euo pipefail
results=$1
here=$(cd "$(dirname "$0")" && pwd)
command -v gnuplot > /dev/null || { echo 'plot: gnuplot is missing (make deps-bench): no plots' >&2; exit 0; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

data() { jq -rs -L "$here" "include \"report\"; $1" "$results/run.ndjson"; }

# plot NAME: gnuplot's commands come from stdin.
plot() {
    {
        echo 'set terminal svg size 900,480 dynamic background "white"; set grid ytics'
        echo "set output '$results/$1.svg'"
        cat
    } | gnuplot
}

data throughput > "$tmp/throughput"
series='' column=2
for name in bare hooktrail PostgreSQL Redis; do
    if awk -F '\t' -v c="$column" '$c != "-" { found = 1 } END { exit !found }' "$tmp/throughput"; then
        series="$series${series:+, }'$tmp/throughput'"
        series="$series using $column:$((column + 1)):$((column + 2)):xtic(1) title '$name'"
    fi
    column=$((column + 3))
done
if [ -n "$series" ]; then
    plot throughput << EOT
set title "Durable requests per second, 2 KB bodies: median, least and greatest of the rounds"
set style data histograms
set style histogram errorbars gap 2 lw 1
set style fill solid 0.8
set yrange [0:*]
set ylabel "requests/s"
set key top left
set datafile missing "-"
set datafile separator tab
plot $series
EOT
fi

files=''
for file in "$results"/*-64.hgrm "$results"/*-open.hgrm; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .hgrm)
    files="$files${files:+, }\"$file\" using (\$4):(\$1) with lines lw 2 title \"${name/-open/, open loop at 70 %}\""
done
if [ -n "$files" ]; then
    plot latency << EOT
set title "Latency: 64 connections in a closed loop, and an open loop at 70 % of the maximum"
set logscale xy
set xtics ("0 %%" 1, "90 %%" 10, "99 %%" 100, "99.9 %%" 1000, "99.99 %%" 10000, "99.999 %%" 100000)
set ylabel "ms"
set key bottom right
plot $files
EOT
fi

data growing > "$tmp/growing"
if [ -s "$tmp/growing" ]; then
    plot growth << EOT
set title "The large store against the small one (1: does not grow)"
set style data histograms
set style fill solid 0.8
set yrange [0:*]
set xtics rotate by -10
set rmargin 24
unset key
plot "$tmp/growing" using 2:xtic(1), 1 with lines lc "black"
EOT
fi
