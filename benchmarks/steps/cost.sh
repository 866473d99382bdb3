# What tree and sealing take: each round a new store of each kind, so that neither is the larger one.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
cost_round() {
    new_data "cost-$round-unproven" --no-encryption
    start_unproven
    measure 'cost of proof and sealing' --connections 64 --size "$size" --bodies "$(bodies_for 64)"
    stop_server
    rm -rf "$data"
    new_data "cost-$round"
    start_daemon
    measure 'cost of proof and sealing' --connections 64 --size "$size" --bodies "$(bodies_for 64)"
    stop_server
    rm -rf "$data"
}

step_cost() { each_round 'cost of tree and sealing' cost_round; }
