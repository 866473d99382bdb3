# What the disk itself takes for 4 KiB and an fdatasync.
# shellcheck shell=bash
step_disk() { each_round disk measure_disk nothing; }
