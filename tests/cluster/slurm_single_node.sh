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

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
fail() { say "FAILED: $*"; exit 1; }

# ---- the cluster ---------------------------------------------------------------------------------------------------

install_slurm() {
  command -v slurmctld >/dev/null && command -v munged >/dev/null && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then fail "needs root, slurm-wlm and munge"; fi
  say "installing Debian's slurm-wlm and munge"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
}

free_ports() {
  python3 -c 'import socket
held = [socket.socket() for _ in range(3)]
for s in held: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in held))'
}

write_conf() {
  local ports; read -ra ports <<<"$(free_ports)"
  mkdir -p "$D"/{state,run,log}
  cat >"$D/slurm.conf" <<CONF
ClusterName=single
SlurmctldHost=localhost
SlurmctldPort=${ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$D/run/munge.socket
CredType=cred/munge
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool.%n
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd.%n.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$D/log/jobcomp.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdTimeout=5
KillWait=20
JobRequeue=1
SchedulerParameters=batch_sched_delay=0,sched_interval=2
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=2 RealMemory=16000 State=UNKNOWN Gres=gpu:2
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=2 RealMemory=16000 State=UNKNOWN Gres=gpu:2
PartitionName=main Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
CONF
  echo "NodeName=n[1-2] Name=gpu File=/dev/tty[1-2]" >"$D/gres.conf"
}

start_cluster() {
  head -c 1024 /dev/urandom >"$D/run/munge.key" && chmod 400 "$D/run/munge.key"
  munged --force --key-file="$D/run/munge.key" --socket="$D/run/munge.socket" --pid-file="$D/run/munged.pid" \
    --log-file="$D/log/munged.log" --seed-file="$D/run/munge.seed" 2>/dev/null
  export SLURM_CONF="$D/slurm.conf"
  slurmctld -f "$SLURM_CONF" -c
  for node in n1 n2; do slurmd -f "$SLURM_CONF" -N "$node"; done
  for _ in $(seq 60); do
    [ "$(sinfo --noheader --Node --format=%T 2>/dev/null | grep -c idle)" = 2 ] && return
    sleep 0.5
  done
  fail "the two nodes are not idle after 30 s; see $D/log"
}

stop_cluster() {
  trap - EXIT INT TERM
  local file
  scancel --full --signal=KILL --state=RUNNING --user=root 2>/dev/null || true
  scancel --user=root 2>/dev/null || true
  for k in $(seq 0 $((SHARDS - 1))); do kill_all "$k"; done
  for file in "$D"/run/{slurmd.n1,slurmd.n2,slurmctld,munged}.pid; do
    [ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
  done
}

# ---- what happens to tasks -----------------------------------------------------------------------------------------

processes_of() { # processes of a task of ours, the batch script first; by the environment that Slurm gives them
  local files
  files="$(grep -lzxF "SLURM_ARRAY_TASK_ID=$1" /proc/[0-9]*/environ 2>/dev/null || true)"
  # shellcheck disable=SC2086
  [ -z "$files" ] || { grep -lzxF "SLURM_CONF=$D/slurm.conf" $files 2>/dev/null || true; } | cut -d/ -f3 | sort -n
}

state_of() { squeue --noheader --array --states=all --jobs="$ARRAY" --format='%K %T %N' | awk -v k="$1" '$1 == k { print $2 }'; }

wait_for() { # wait_for SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1)) what="$2"; shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$what: not within its time; logs are in $OUT/.job/logs and $D/log"
    sleep 0.3
  done
}

renders() { grep -q "start" "$OUT/.job/logs/task-$1.log" && [ -n "$(begun "$1")" ] && [ ! -f "$OUT/records/shard-00000$1.json" ]; }
begun() { find "$OUT/.work" -path "*0000$1*" -type f -size +1k 2>/dev/null | head -1; }
in_state() { [ "$(state_of "$1")" = "$2" ]; }
kill_all() { for pid in $(processes_of "$1"); do kill -9 "$pid" 2>/dev/null || true; done; }
start_now() { # Slurm waits two minutes before it starts a requeued task again; we do not
  for k in $(squeue --noheader --array --jobs="$1" --states=PENDING --format=%K 2>/dev/null); do
    scontrol update JobId="$1_$k" StartTime=now 2>/dev/null || true
  done
}
ended() { start_now "$1"; [ -z "$(squeue --noheader --jobs="$1" 2>/dev/null)" ]; }

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
