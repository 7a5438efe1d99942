#!/usr/bin/env bash
# The pods of a Kubernetes job, run for real by podman: the image of docker/engine.Dockerfile, no root, no capabilities, a
# read-only file system, a volume for the output. Of two tasks one is killed; the merging pod then names what is missing,
# the task runs again, and the dataset must have the shards of a plain run, byte for byte.
#
# usage: tests/cluster/podman_pod.sh [SCRATCH_FOLDER]     (root; podman 4 with runc, and debootstrap for the base image)
# BUILD_FLAGS: more words for podman build, e.g. "--volume /my/ca:/ca:ro --env PIP_CERT=/ca/ca.crt" behind a proxy.
# It keeps images, containers and volumes below SCRATCH_FOLDER and needs no registry.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
D="${1:-$(mktemp -d -t replicant-podman.XXXXXX)}"
mkdir -p "$D" && D="$(cd "$D" && pwd)"
cd "$ROOT"
RUN=(--frames 48 --resolution 96x64 --outputs "depth,instance,boxes")
read -ra FLAGS <<<"${BUILD_FLAGS:-}"

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
fail() { say "FAILED: $*"; exit 1; }
for tool in podman runc debootstrap; do
  command -v $tool >/dev/null || fail "needs $tool (Debian: apt-get install podman runc debootstrap)"
done

cat >"$D/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=1024:1024"]
[engine]
runtime = "runc"
CONF
export CONTAINERS_CONF="$D/containers.conf"
pm() { podman --root "$D/storage" --runroot "$D/run" "$@"; }
trap 'pm pod rm --all --force >/dev/null 2>&1 || true' EXIT

build() {
  pm image exists localhost/replicant:engine && return
  say "making a base image"
  debootstrap --variant=minbase bookworm "$D/base" >"$D/debootstrap.log"
  tar -C "$D/base" -c . | pm import --quiet - docker.io/library/debian:12-slim >/dev/null
  say "building docker/engine.Dockerfile"
  mkdir -p "$D/source" && git archive HEAD | tar -x -C "$D/source"
  pm build --isolation chroot --network host "${FLAGS[@]}" --file "$D/source/docker/engine.Dockerfile" \
    --tag replicant:engine "$D/source" >"$D/build.log" 2>&1 || fail "no image, see $D/build.log"
}

write_pods() { # Kubernetes sets JOB_COMPLETION_INDEX in the pods of an Indexed Job; here it is written into them
  .venv/bin/python - "$D" "${RUN[@]}" <<'PYTHON'
import sys
from pathlib import Path

import yaml

from cluster.job import Job
from cluster.pods import merge_pod, task_pod

settings = {"image": "localhost/replicant:engine", "claim": "replicant-out"}
job = Job("tabletop", "/data/herd", 6, tasks=2, memory_gb=2, options=tuple(sys.argv[2:]), settings=settings)
pods = {"merge": merge_pod(job), **{f"task{n}": task_pod(job, False) for n in range(2)}}
for name, pod in pods.items():
    if name != "merge":
        pod["containers"][0]["env"].append({"name": "JOB_COMPLETION_INDEX", "value": name[-1]})
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": pod}
    Path(sys.argv[1], f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
PYTHON
}

play() { pm play kube --replace --network host "$D/$1.yaml" >/dev/null 2>"$D/$1.err" || fail "$1: $(tail -1 "$D/$1.err")"; }
ends_with() { local code; code="$(pm wait "$1-task")"; [ "$code" = "$2" ] || fail "$1 ended with $code: $(pm logs "$1-task" 2>&1 | tail -3)"; }

build
write_pods
pm volume rm --force replicant-out >/dev/null 2>&1 || true
pm volume create replicant-out >/dev/null
OUT="$(pm volume inspect replicant-out --format '{{.Mountpoint}}')/herd"

play task0; play task1
say "two pods run"
for _ in $(seq 1500); do [ -e "$OUT/records/shard-000000.json" ] && break; sleep 0.2; done
pm kill --signal KILL task0-task >/dev/null || fail "task 0 was too quick to be killed"
ends_with task0 137
ends_with task1 0
play merge; ends_with merge 1
pm logs merge-task | grep '^missing' || fail "the merging pod does not say what is missing"
say "task 0 again"
play task0; ends_with task0 0
play merge; ends_with merge 0
pm inspect task0-task --format 'read-only {{.HostConfig.ReadonlyRootfs}}, user {{.Config.User}}, capabilities {{.EffectiveCaps}}'
./launch.sh verify "$OUT"
./launch.sh run --scenario tabletop --shards 6 "${RUN[@]}" --out "$D/plain" >"$D/plain.log" 2>&1 || fail "see $D/plain.log"
diff <(cd "$OUT/shards" && sha256sum -- *) <(cd "$D/plain/shards" && sha256sum -- *) || fail "shards differ"
say "passed: the shards of pods that were killed are those of a plain run"
