# What it takes to check a trail leaf by leaf, and to prove one of many leaves.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
step_proof() {
    say proofs
    lock
    "$bench/proof" fill "$tmp/proven" "$proven" 1024 > /dev/null
    unlock
    lock
    "$bench/proof" verify "$tmp/proven" | keep "verify $proven"
    rm -rf "$tmp/proven"
    "$bench/proof" tree "$tmp/tree" "$leaves" | keep 'proof of inclusion'
    rm -rf "$tmp/tree"
    unlock
}
