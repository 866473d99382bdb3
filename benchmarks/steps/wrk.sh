# Our load generator against wrk: both POST the same 2 KB to the bare server.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
wrk_round() {
    local ticks whole=${seconds%.*}
    [ "$whole" -gt 0 ] || whole=1
    start_bare
    measure 'wrk or load' --connections 64 --body "$tmp/body"
    start_bare
    label=wrk
    BODY=$tmp/body wrk --threads 1 --connections 64 --duration 1s --script "$here/post.lua" \
        "http://$address/hooks/any" > /dev/null
    ticks=$(cpu_ticks)
    BODY=$tmp/body wrk --threads 1 --connections 64 --duration "${whole}s" --latency --script "$here/post.lua" \
        "http://$address/hooks/any" > "$tmp/wrk"
    # Lines such as "Requests/sec:  50000.00", "  50%    1.20ms".
    awk -v ticks="$(($(cpu_ticks) - ticks))" -v hertz="$(getconf CLK_TCK)" '
        function us(text) { return text * (text ~ /us$/ ? 1 : text ~ /ms$/ ? 1000 : 1000000) }
        $1 == "50%" { p50 = us($2) }
        $1 == "99%" { p99 = us($2) }
        $2 == "requests" { count = $1 }
        $1 == "Requests/sec:" { rate = $2 }
        END { printf "{\"per_second\":%s,\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.2f}\n",
              rate, p50, p99, ticks / hertz * 1e6 / count }' "$tmp/wrk" | jq -c '.server = "wrk"' | keep 'wrk or load'
}

step_wrk() {
    has wrk || { say 'wrk is missing (make deps-bench installs it): left out'; return; }
    "$bench/generate" --count 1 --first 20002 --size "$size" > "$tmp/body"
    each_round 'wrk against load' wrk_round
}
