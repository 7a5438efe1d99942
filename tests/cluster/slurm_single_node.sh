#!/usr/bin/env bash
# A real Slurm on this machine, an array of 8 tasks, and everything that happens to tasks on a cluster:
#   tasks 0 and 1   SIGKILL to the batch script and all below it: Slurm says FAILED and does not queue them again
#   task 2          SIGKILL to the run alone: its batch script lives and queues it again
#   task 3          scontrol requeue: SIGTERM, then a second start
#   tasks of one node, while its slurmd is killed: Slurm starts them a second time while the first copies still run
# Then resume, and the dataset must equal one that was made by a plain run, byte for byte.
#
# usage: tests/cluster/slurm_single_node.sh [SCRATCH_FOLDER]      (root; installs Debian's slurm-wlm and munge if absent)
# It uses ports and a munge of its own, and stops all it started.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
D="${1:-$(mktemp -d -t replicant-slurm.XXXXXX)}"
mkdir -p "$D" && D="$(cd "$D" && pwd)"
OUT="$D/herd"
SHARDS=8
cd "$ROOT"
export REPLICANT_CODE_VERSION=slurm-test # a source that is edited meanwhile does not end the test
# shellcheck source-path=SCRIPTDIR
source "$ROOT/tests/cluster/slurm_cluster.sh"

# ---- the test ------------------------------------------------------------------------------------------------------

install_slurm
rm -rf "$OUT" "$D/plain" "$D"/{state,run,log} && mkdir -p "$D"
RUN=(--scenario tabletop --shards "$SHARDS" --frames 640 --resolution 320x240 --outputs depth,instance,boxes)

say "a plain run, to compare with"
./launch.sh run "${RUN[@]}" --out "$D/plain" >"$D/plain.log" 2>&1 || fail "the plain run failed; see $D/plain.log"

write_conf
trap stop_cluster EXIT INT TERM
start_cluster
say "submitting $SHARDS tasks"
SUBMITTED="$(./launch.sh submit slurm "${RUN[@]}" --out "$OUT" --memory-gb 3 --time 30)" || fail "submit: $SUBMITTED"
echo "$SUBMITTED"
ARRAY="$(sed -n 's/^submitted slurm \([0-9]*\),.*/\1/p' <<<"$SUBMITTED")"

wait_for 90 "task 0 renders" renders 0
kill_all 0; say "task 0: SIGKILL to all of it"
wait_for 90 "task 1 renders" renders 1
kill_all 1; say "task 1: SIGKILL to all of it"
wait_for 90 "task 2 renders" renders 2
for pid in $(processes_of 2 | tail -n +2); do kill -9 "$pid" 2>/dev/null || true; done
say "task 2: SIGKILL to its run"
wait_for 90 "task 3 renders" renders 3
scontrol requeue "${ARRAY}_3"; say "task 3: queued again by hand"
wait_for 30 "task 0 has failed" in_state 0 FAILED
wait_for 30 "task 1 has failed" in_state 1 FAILED

wait_for 120 "task 4 renders" renders 4
NODE="$(squeue --noheader --array --jobs="$ARRAY" --states=RUNNING --format='%K %N' | awk '$1 == 4 { print $2 }')"
[ -n "$NODE" ] || fail "task 4 runs on no node"
kill -9 "$(cat "$D/run/slurmd.$NODE.pid")"; say "node $NODE: SIGKILL to its slurmd alone, while task 4 runs there"
FIRST="$(processes_of 4)"
for pid in $FIRST; do kill -STOP "$pid" 2>/dev/null || true; done # it stands still until Slurm has given up on its node
twin() { start_now "$ARRAY"; grep -q "start 2" "$OUT/.job/logs/task-4.log"; }
wait_for 180 "task 4 is started again" twin
for pid in $FIRST; do kill -CONT "$pid" 2>/dev/null || true; done
kill -0 "$(head -1 <<<"$FIRST")" || fail "the first task 4 is gone"
say "task 4 runs twice: process $(head -1 <<<"$FIRST") of the lost node goes on beside another start"
wait_for 180 "one of the two commits shard 4" test -f "$OUT/records/shard-000004.json"
slurmd -f "$SLURM_CONF" -N "$NODE"

wait_for 600 "the array ends" ended "$ARRAY"
wait_for 120 "the merge job ends" ended "$((ARRAY + 1))"
./launch.sh status "$OUT" || true
[ ! -f "$OUT/manifest.json" ] || fail "the dataset is finished though two tasks were killed"
for k in 0 1; do [ ! -f "$OUT/records/shard-00000$k.json" ] || fail "shard $k is there though task $k was killed"; done
for k in 2 3 4 5 6 7; do [ -f "$OUT/records/shard-00000$k.json" ] || fail "shard $k is missing"; done

say "resuming"
RESUMED="$(./launch.sh resume "$OUT")" || fail "resume: $RESUMED"
echo "$RESUMED"
ARRAY="$(sed -n 's/^submitted slurm \([0-9]*\),.*/\1/p' <<<"$RESUMED")"
wait_for 300 "the second array ends" ended "$ARRAY"
wait_for 120 "the second merge job ends" ended "$((ARRAY + 1))"
./launch.sh merge "$OUT" || fail "merge"
./launch.sh status "$OUT" || fail "the dataset is not finished"
./launch.sh verify "$OUT" || fail "verify"
diff -r --exclude=.job --exclude=.work "$OUT" "$D/plain" || fail "the dataset differs from that of the plain run"
[ ! -d "$OUT/.work" ] || fail "attempts were left behind: $(find "$OUT/.work" -type f | head)"
say "PASSED: two killed, two queued again, one run twice, and the dataset is that of a plain run, byte for byte"
