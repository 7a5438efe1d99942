"""launch.sh as a user types it, up to the runtime it finds. Nothing is installed: the tools it calls are stood in for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "cat", "cksum", "dirname", "env", "id", "rm", "rmdir")  # all that launch.sh may need


class Machine:
    """A checkout and a PATH with nothing on it but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.venv = folder / "checkout", folder / "bin", folder / "venv"
        for path in (self.root / "replicator_scripts", self.bin):
            path.mkdir(parents=True)
        for name in ("launch.sh", "pyproject.toml"):
            shutil.copy(ROOT / name, self.root / name)
        for name in TOOLS:
            found = shutil.which(name)
            assert found is not None, name
            (self.bin / name).symlink_to(found)
        self.script("id", 'echo "${FAKE_UID:-1000}"')

    def script(self, name: str, body: str, folder: Path | None = None) -> Path:
        """Put a shell script on the PATH."""
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f"#!{self.bin}/bash\n{body}\n")
        path.chmod(0o755)
        return path

    def python(self, name: str = "python3", version: str = "3.11", venv: bool = True, isaac: bool = False) -> None:
        """Put a Python on the PATH that knows its version, whether it has venv, and whether it has isaacsim."""
        fake = f"""
case "$*" in
  *version_info*) [[ "{version}" == 3.11 || "{version}" == 3.12 ]] ;;
  *find_spec*) {"true" if isaac else "false"} ;;
  "-m venv "*) {"true" if venv else "false"} && "{self.bin}/made" "$3" ;;
  *"-m venv"*|*"-m virtualenv"*) false ;;
  *) echo "{name} $*" ;;
esac"""
        self.script(name, fake)
        inner = (
            'case "$*" in *"pip install"*) echo "pip $*" ;; *pip*|*ctypes*) true ;; *) echo "venv-python $*" ;; esac'
        )
        maker = f"""
{shutil.which("mkdir")} -p "$1/bin"; echo home >"$1/pyvenv.cfg"
echo '#!{self.bin}/bash' >"$1/bin/python"; echo {shlex_quote(inner)} >>"$1/bin/python"
{shutil.which("chmod")} +x "$1/bin/python" """
        self.script("made", maker)

    def launch(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run launch.sh there."""
        given = {"PATH": str(self.bin), "REPLICANT_VENV": str(self.venv), **environment}
        command = [str(self.bin / "bash"), str(self.root / "launch.sh"), *words]
        return subprocess.run(command, capture_output=True, text=True, env=given, check=False)


def shlex_quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_line_says_which_runtime_and_why_then_sets_up_once(machine: Machine) -> None:
    machine.python()
    done = machine.launch("run", "--frames", "2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "runtime: embedded engine (no ISAACSIM_PATH and no importable isaacsim)"
    assert lines[1].startswith(f"launch.sh: setting up {machine.venv}")
    assert lines[2] == f"pip -m pip install --quiet --disable-pip-version-check -e {machine.root}"
    assert lines[3] == f"venv-python -m engine {machine.root}/replicator_scripts/generate.py --frames 2"
    again = machine.launch("run", "--runtime", "engine").stdout.splitlines()
    assert again == [
        "runtime: embedded engine (asked for by --runtime engine)",
        f"venv-python -m engine {machine.root}/replicator_scripts/generate.py",
    ]


def test_isaac_sim_is_taken_from_its_path_then_from_python(machine: Machine, tmp_path: Path) -> None:
    machine.python(isaac=True)
    sim = tmp_path / "isaac sim"
    machine.script("python.sh", 'case "$*" in *import*) true ;; *) echo "sim $*" ;; esac', sim)
    generate = f"{machine.root}/replicator_scripts/generate.py"
    done = machine.launch("run", "--seed", "3", ISAACSIM_PATH=str(sim)).stdout.splitlines()
    assert done == [f"runtime: Isaac Sim ({sim}/python.sh, from ISAACSIM_PATH)", f"sim {generate} --seed 3"]
    done = machine.launch("run").stdout.splitlines()
    assert done[0] == f"runtime: Isaac Sim (package isaacsim is importable by {machine.bin}/python3)"
    assert done[-1] == f"python3 {generate}"
    done = machine.launch("run", "--runtime=engine", ISAACSIM_PATH=str(sim)).stdout.splitlines()
    assert done[0] == "runtime: embedded engine (asked for by --runtime engine)"
    by_wrapper = machine.launch("script", "a scene.yaml", "--/x=1", ISAACSIM_PATH=str(sim)).stdout.splitlines()
    assert by_wrapper[-1] == f"sim {machine.root}/replicator_scripts/yaml_file.py a scene.yaml --/x=1"
    assert machine.launch("script", "a.py", ISAACSIM_PATH=str(sim)).stdout.splitlines()[-1] == "sim a.py"
    by_engine = machine.launch("script", "--runtime=engine", "--run", "2", "a.yml").stdout.splitlines()
    assert by_engine[-1] == "venv-python -m engine --run 2 a.yml"
    machine.script("python.sh", 'case "$*" in *import*) false ;; esac', sim)
    failed = machine.launch("run", ISAACSIM_PATH=str(sim))
    assert failed.returncode == 1
    assert f"Isaac Sim's Python lacks a module; run: {sim}/python.sh -m pip install opencv" in failed.stderr


BAD = [
    (("fly",), 1, "launch.sh: unknown command 'fly'"),
    ((), 2, ""),
    (("run", "--runtime"), 1, "launch.sh: --runtime needs a value: isaac or engine"),
    (("run", "--runtime", "cloud"), 1, "launch.sh: --runtime 'cloud' is unknown; use isaac or engine"),
    (("script",), 1, "launch.sh: script needs a file: ./launch.sh script FILE.py [arguments]"),
    (
        ("run", "--runtime", "isaac"),
        1,
        "launch.sh: --runtime isaac, but there is no ISAACSIM_PATH and no importable isaacsim; set ISAACSIM_PATH",
    ),
]


@pytest.mark.parametrize(("words", "code", "text"), BAD, ids=[" ".join(b[0]) or "nothing" for b in BAD])
def test_what_cannot_be_done_is_said(machine: Machine, words: tuple[str, ...], code: int, text: str) -> None:
    machine.python()
    done = machine.launch(*words)
    assert done.returncode == code and text in done.stderr
    assert "venv-python" not in done.stdout


def test_a_wrong_isaac_path_is_named(machine: Machine) -> None:
    machine.python()
    done = machine.launch("run", ISAACSIM_PATH="/no/such")
    assert done.stdout.splitlines()[0].startswith(
        "runtime: embedded engine (no python.sh in ISAACSIM_PATH=/no/such and"
    )


def test_a_script_keeps_its_own_words(machine: Machine) -> None:
    machine.python()
    machine.launch("setup")
    done = machine.launch("script", "--runtime", "engine", "a script.py", "--runtime", "x", "--headless")
    assert done.stdout.splitlines()[1] == "venv-python -m engine a script.py --runtime x --headless"


def test_the_newest_python_that_will_do_is_found(machine: Machine) -> None:
    machine.python("python3", "3.9")
    done = machine.launch("run")
    assert done.returncode == 1 and "needs Python 3.11 or 3.12, found neither; install one" in done.stderr
    machine.python("python3.11", "3.11")
    assert machine.launch("setup").returncode == 0


def test_a_python_without_venv_is_helped_or_explained(machine: Machine) -> None:
    machine.python(venv=False)
    done = machine.launch("run")
    assert done.returncode == 1
    assert "-m venv' failed; install the venv module (Debian: apt-get install python3-venv)" in done.stderr
    assert not machine.venv.exists()
    machine.script("uv", f'[ "$1" = venv ] && "{machine.bin}/made" "${{@: -1}}"')
    assert machine.launch("run").returncode == 0 and (machine.venv / "pyvenv.cfg").exists()


def test_root_on_debian_gets_the_venv_module_installed(machine: Machine) -> None:
    machine.python(venv=False)
    swap = f'echo "apt-get $*"; [ "$1" = update ] || {shutil.which("sed")} -i "s/false \\&\\&/true \\&\\&/" {machine.bin}/python3'
    machine.script("apt-get", swap)
    done = machine.launch("run", FAKE_UID="0")
    assert done.returncode == 0, done.stderr
    assert "launch.sh: this Python has no venv module; installing Debian's python3-venv" in done.stdout


def test_an_environment_left_half_made_is_made_again_and_nothing_else_is_removed(machine: Machine) -> None:
    machine.python()
    machine.script("python", "false", machine.venv / "bin")
    done = machine.launch("run")
    assert done.returncode == 1 and "is there and is no Python environment; give it a path of its own" in done.stderr
    assert (machine.venv / "bin" / "python").exists()
    (machine.venv / "pyvenv.cfg").touch()
    assert machine.launch("run").returncode == 0


def test_a_failed_installation_is_tried_again(machine: Machine) -> None:
    machine.python()
    machine.launch("setup")
    for stamp in machine.venv.glob(".replicant*"):
        stamp.unlink()
    machine.script("python", 'case "$*" in *"pip install"*) false ;; esac', machine.venv / "bin")
    done = machine.launch("run")
    assert done.returncode == 1 and "pip could not install the dependencies listed in pyproject.toml" in done.stderr
    assert not list(machine.venv.glob(".replicant*"))


def test_help_shows_the_commands(machine: Machine) -> None:
    done = machine.launch("help")
    assert done.returncode == 0
    for command in ("run", "script FILE", "list", "test", "lint", "conformance", "bench", "setup"):
        assert f"\n  {command} " in done.stdout


def test_our_own_launcher_is_short_and_strict() -> None:
    text = (ROOT / "launch.sh").read_text()
    assert "\nset -euo pipefail\n" in text and len(text.splitlines()) < 150
    assert os.access(ROOT / "launch.sh", os.X_OK) and os.access(ROOT / ".ci" / "run", os.X_OK)
    assert subprocess.run(["bash", "-n", str(ROOT / "launch.sh")], check=False).returncode == 0
