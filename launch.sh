#!/usr/bin/env bash
# Replicant's one command. It finds a runtime, says which and why, and calls Python.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
VENV="${REPLICANT_VENV:-$ROOT/.venv}"

usage() {
  cat <<'TEXT'
usage: ./launch.sh COMMAND [--runtime isaac|engine] [options]

  run          make a dataset, or finish one that was interrupted (the same command again)
                                         --scenario FILE --frames N --seed S --out DIR|URL --resolution WxH --outputs rgb,depth,...
                                         --start N --format webdataset|parquet|mds --shards N --verify --overwrite
                                         --workers N [--gpus 0,1 --timeout SECONDS] --task K/N --scratch DIR
  export F DIR other formats from shards: coco, coco_panoptic, yolo, kitti, bop, bop_webdataset, flir_adas   --out DIR
  inspect DIR  show a sample             stats DIR, verify DIR, diff A B: numbers, hashes, differences
  submit ENGINE  spread a dataset over slurm | kubernetes | ray | local    --scenario FILE --out URL --shards N
                 status DIR, logs DIR, resume DIR, merge DIR: watch it, finish it
  script FILE  run any Replicator script, Python with its own arguments or Replicator YAML
  list         show scenarios, builders, randomizers, writers   (--json)
  test         set up and pass the tests (--slow for the long ones)
  lint         ruff and mypy
  conformance  run NVIDIA's published scripts from your own checkout   --isaacsim-repo DIR --sde-repo DIR
  chaos        kill hundreds of runs at random moments and compare what they made   --runs N
  bench        measure CPU-seconds a frame and write benchmarks/results/
  setup        only make the environment (setup-run: without the tools of developers)

Runtimes: $ISAACSIM_PATH/python.sh, else an importable isaacsim, else the embedded engine (no GPU needed).
TEXT
}

fail() { printf 'launch.sh: %s\n' "$1" >&2; exit 1; }

find_python() {
  local candidate
  for candidate in "${REPLICANT_PYTHON:-}" python3.12 python3.11 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null &&
      { command -v "$candidate"; return; }
  done
  fail "needs Python 3.11 or 3.12, found neither; install one (Debian: apt-get install python3 python3-venv) or set REPLICANT_PYTHON"
}

make_venv() {
  local python="$1"
  [ ! -e "$VENV" ] || [ -f "$VENV/pyvenv.cfg" ] || rmdir "$VENV" 2>/dev/null ||
    fail "REPLICANT_VENV '$VENV' is there and is no Python environment; give it a path of its own"
  rm -rf "$VENV"
  "$python" -m venv "$VENV" >/dev/null 2>&1 && return
  rm -rf "$VENV"
  "$python" -m virtualenv --quiet "$VENV" 2>/dev/null && return
  command -v uv >/dev/null && uv venv --quiet --seed --python "$python" "$VENV" && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "launch.sh: this Python has no venv module; installing Debian's python3-venv"
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && "$python" -m venv "$VENV" && return
  fi
  fail "'$python -m venv' failed; install the venv module (Debian: apt-get install python3-venv) and run this again"
}

need_libatomic() { # the one shared library that Mitsuba's wheel wants and a minimal Debian lacks
  "$VENV/bin/python" -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "launch.sh: Mitsuba needs libatomic.so.1; installing Debian's libatomic1"
    apt-get update -qq && apt-get install -y -qq libatomic1 >/dev/null && return
  fi
  fail "Mitsuba needs libatomic.so.1; install it (Debian: apt-get install libatomic1) and run this again"
}

setup() { # extras: "" or "[test]"
  local extras="$1" stamp="$VENV/.replicant${1//[^a-z]/-}" want done
  want="$(cksum "$ROOT/pyproject.toml")"
  for done in "$stamp" "$VENV/.replicant-test-"; do
    [ -f "$done" ] && [ "$(cat "$done")" = "$want" ] && return
  done
  echo "launch.sh: setting up $VENV (once; about a minute)"
  "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || make_venv "$(find_python)"
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -e "$ROOT$extras" ||
    fail "pip could not install the dependencies listed in pyproject.toml; see its message above"
  need_libatomic
  printf '%s' "$want" >"$stamp"
}

need_modules() { # in Isaac Sim's own Python, which we do not change
  "${RUNTIME[@]}" -c 'import cv2, numpy, pycocotools, yaml' 2>/dev/null ||
    fail "Isaac Sim's Python lacks a module; run: ${RUNTIME[*]} -m pip install opencv-python-headless pycocotools pyyaml"
}

pick_runtime() { # sets RUNTIME (command words) and says why
  local forced="$1" why="no ISAACSIM_PATH and no importable isaacsim"
  [ -z "${ISAACSIM_PATH:-}" ] || why="no python.sh in ISAACSIM_PATH=$ISAACSIM_PATH and no importable isaacsim"
  if [ "$forced" != engine ] && [ -x "${ISAACSIM_PATH:-/nonexistent}/python.sh" ]; then
    RUNTIME=("$ISAACSIM_PATH/python.sh"); echo "runtime: Isaac Sim ($ISAACSIM_PATH/python.sh, from ISAACSIM_PATH)"; need_modules
  elif [ "$forced" != engine ] && python3 -c 'import importlib.util as u, sys; sys.exit(u.find_spec("isaacsim") is None)' 2>/dev/null; then
    RUNTIME=(python3); echo "runtime: Isaac Sim (package isaacsim is importable by $(command -v python3))"; need_modules
  elif [ "$forced" = isaac ]; then
    fail "--runtime isaac, but there is $why; set ISAACSIM_PATH to the folder of python.sh, or use --runtime engine"
  else
    [ "$forced" = engine ] && why="asked for by --runtime engine"
    echo "runtime: embedded engine ($why)"
    setup ""
    RUNTIME=("$VENV/bin/python" -m engine)
  fi
}

[ $# -gt 0 ] || { usage; exit 2; }
COMMAND="$1"; shift
FORCED="" ARGS=()
while [ $# -gt 0 ]; do
  case "$1" in
    --runtime) [ $# -gt 1 ] || fail "--runtime needs a value: isaac or engine"; FORCED="$2"; shift 2 ;;
    --runtime=*) FORCED="${1#*=}"; shift ;;
    *) ARGS+=("$1"); shift; [ "$COMMAND" != script ] || { ARGS+=("$@"); break; } ;;
  esac
done
case "$FORCED" in "" | isaac | engine) ;; *) fail "--runtime '$FORCED' is unknown; use isaac or engine" ;; esac
export PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}"
export PXR_PLUGINPATH_NAME="$ROOT/scenes/infrared/schema${PXR_PLUGINPATH_NAME:+:$PXR_PLUGINPATH_NAME}" # IrSurfaceAPI

case "$COMMAND" in
  run) pick_runtime "$FORCED"; exec "${RUNTIME[@]}" "$ROOT/replicator_scripts/generate.py" "${ARGS[@]}" ;;
  script)
    [ ${#ARGS[@]} -gt 0 ] || fail "script needs a file: ./launch.sh script FILE.py [arguments]"
    pick_runtime "$FORCED"
    [[ "${RUNTIME[*]}" == *"-m engine" || ! "${ARGS[0]}" =~ \.ya?ml$ ]] || ARGS=("$ROOT/replicator_scripts/yaml_file.py" "${ARGS[@]}")
    exec "${RUNTIME[@]}" "${ARGS[@]}" ;;
  export) setup ""; exec "$VENV/bin/python" -m writers.exports "${ARGS[@]}" ;;
  inspect | stats | verify | diff) setup ""; exec "$VENV/bin/python" -m writers.inspection "$COMMAND" "${ARGS[@]}" ;;
  submit | status | logs | resume | merge) setup ""; exec "$VENV/bin/python" -m cluster "$COMMAND" "${ARGS[@]}" ;;
  list) setup ""; exec "$VENV/bin/python" -m scenes.catalogue "${ARGS[@]}" ;;
  setup) setup "[test]" ;;
  setup-run) setup "" ;;
  test)
    setup "[test]"; cd "$ROOT"
    SLOW=(-m "not slow")
    [ "${ARGS[0]:-}" = --slow ] && { SLOW=(-m slow); ARGS=("${ARGS[@]:1}"); }
    exec "$VENV/bin/python" -m pytest "${SLOW[@]}" "${ARGS[@]}" ;;
  lint) setup "[test]"; cd "$ROOT"; "$VENV/bin/ruff" check . && "$VENV/bin/ruff" format --check . && exec "$VENV/bin/mypy" ;;
  conformance) setup "[test]"; exec "$VENV/bin/python" -m engine.conformance "${ARGS[@]}" ;;
  chaos) setup "[test]"; cd "$ROOT"; exec "$VENV/bin/python" -m tests.chaos "${ARGS[@]}" ;;
  bench) setup "[test]"; exec "$VENV/bin/python" "$ROOT/benchmarks/run.py" "${ARGS[@]}" ;;
  help | -h | --help) usage ;;
  *) usage >&2; fail "unknown command '$COMMAND'" ;;
esac
