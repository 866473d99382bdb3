# What the daemon does while nobody asks: CPU time and wake-ups of all its threads.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
nanoseconds_run() { cat /proc/"$server"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }
switches() { cat /proc/"$server"/task/*/status | awk '/ctxt_switches/ { sum += $2 } END { print sum }'; }

step_idle() {
    local cpu wakes
    lock
    large_store
    start_daemon
    api '/v1/events?limit=1' > /dev/null
    say "idle for $idle_seconds seconds"
    unlock
    sleep "$idle_settle"
    cpu=$(nanoseconds_run) wakes=$(switches)
    sleep "$idle_seconds"
    jq -n --argjson ns "$(($(nanoseconds_run) - cpu))" --argjson wakes "$(($(switches) - wakes))" \
        --argjson s "$idle_seconds" --argjson threads "$(find /proc/"$server"/task -maxdepth 1 -name '[0-9]*' | wc -l)" \
        '{seconds: $s, cpu_ms_per_second: ($ns / 1e6 / $s), wakes_per_second: ($wakes / $s), threads: $threads}' | keep idle
    stop_server
}
