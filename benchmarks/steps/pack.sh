# How small records get, and how long packing takes.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
step_pack() {
    local bytes
    for bytes in 512 2048 8192; do "$bench/pack" --size "$bytes" | keep "pack $bytes"; done
    "$bench/pack" "$here"/../tests/fixtures/*.json | keep 'pack tests/fixtures'
    "$bench/pack" "$here"/../tests/fixtures/sales-day/*.json | keep 'pack tests/fixtures/sales-day'
}
