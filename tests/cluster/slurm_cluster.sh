#!/usr/bin/env bash
# A real Slurm of two nodes on this machine, to be sourced: it uses ports and a munge of its own, and stops all it started.
#   install_slurm; write_conf; trap stop_cluster EXIT INT TERM; start_cluster
# Needs D (scratch folder), OUT (the dataset) and SHARDS; root, and Debian's slurm-wlm and munge, which it installs if absent.
# shellcheck disable=SC2154

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
