# Durable requests with many events stored already, against few. It appends to the large store; the small one is a new copy
# each round.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

growth_store() {
    start_daemon
    measure growth --connections 64 --size "$size" --bodies "$(bodies_for 64)"
    stop_server
}

growth_round() {
    rm -rf "$tmp/growing"
    cp -r "$tmp/small" "$tmp/growing"
    small_store
    data=$tmp/growing
    growth_store
    large_store
    growth_store
    large_next=$number
}

step_growth() {
    small_store
    large_store
    each_round growth growth_round
    rm -rf "$tmp/growing"
}
