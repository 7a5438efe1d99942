#!/usr/bin/env bash
# A real Slurm on this machine, and two tasks that take longer than their time limit:
#   Slurm sends SIGUSR1 before the limit, the task keeps what it has made, ends with 85 and queues itself again;
#   its next start goes on from there, as often as it takes.
# Nobody resumes, and the dataset must equal one that was made by a plain run, byte for byte.
#
# usage: tests/cluster/slurm_time_limit.sh [SCRATCH_FOLDER] [FRAMES]    (root; installs Debian's slurm-wlm and munge if absent)
# FRAMES: so many that a task takes more than two minutes; 4000 unless given.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
D="${1:-$(mktemp -d -t replicant-slurm.XXXXXX)}"
mkdir -p "$D" && D="$(cd "$D" && pwd)"
OUT="$D/limited"
SHARDS=2
cd "$ROOT"
export REPLICANT_CODE_VERSION=slurm-test # a source that is edited meanwhile does not end the test
# shellcheck source-path=SCRIPTDIR
source "$ROOT/tests/cluster/slurm_cluster.sh"

install_slurm
rm -rf "$OUT" "$D/plain" "$D"/{state,run,log} && mkdir -p "$D"
RUN=(--scenario tabletop --frames "${2:-4000}" --resolution 320x240 --outputs depth,instance,boxes)

say "a plain run, to compare with"
./launch.sh run "${RUN[@]}" --shards "$SHARDS" --workers 2 --out "$D/plain" >"$D/plain.log" 2>&1 ||
  fail "the plain run failed; see $D/plain.log"

write_conf
trap stop_cluster EXIT INT TERM
start_cluster
say "submitting $SHARDS tasks with a limit of 2 minutes"
SUBMITTED="$(./launch.sh submit slurm "${RUN[@]}" --shards "$SHARDS" --out "$OUT" --memory-gb 3 --time 2)" || fail "submit: $SUBMITTED"
echo "$SUBMITTED"
ARRAY="$(sed -n 's/^submitted slurm \([0-9]*\),.*/\1/p' <<<"$SUBMITTED")"

wait_for 1200 "the array ends" ended "$ARRAY"
wait_for 120 "the merge job ends" ended "$((ARRAY + 1))"
for k in $(seq 0 $((SHARDS - 1))); do
  log="$OUT/.job/logs/task-$k.log"
  grep -q "exit code 85, stopped (time)" "$log" || fail "task $k was not stopped by its limit; give more FRAMES, see $log"
  grep -q "stopped by SIGTERM: what is done stays" "$log" || fail "task $k kept nothing; see $log"
  say "task $k: started $(grep -c ', start ' "$log") times"
done
./launch.sh status "$OUT" || fail "the dataset is not finished"
./launch.sh verify "$OUT" || fail "verify"
diff -r --exclude=.job --exclude=.work "$OUT" "$D/plain" || fail "the dataset differs from that of the plain run"
say "PASSED: each task was stopped by its limit and queued itself again, and the dataset is that of a plain run, byte for byte"
