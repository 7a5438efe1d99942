from __future__ import annotations

import subprocess
import sys

import pytest

from engine.__main__ import main
from engine.kit import ext_folders
from engine.kit.script import makes_its_own_app

from .running import HEAD, run


def test_a_standalone_script_runs_with_its_arguments(tmp_path):
    source = HEAD + "import sys, omni.usd\nfrom pxr import UsdGeom\n"
    source += "stage = omni.usd.get_context().get_stage()\n"
    source += "print(UsdGeom.GetStageUpAxis(stage), UsdGeom.GetStageMetersPerUnit(stage), sys.argv[1:], __name__)\napp.close()\n"
    done = run(tmp_path, source, arguments=("--test", "x"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Z 1.0 ['--test', 'x'] __main__"


def test_a_script_editor_script_goes_on_until_its_coroutines_are_done(tmp_path):
    source = "import asyncio, carb, omni.usd, omni.kit.app\nfrom pxr import UsdGeom\n"
    source += "async def work():\n    for i in range(3):\n        await omni.kit.app.get_app().next_update_async()\n"
    source += "    print('worked', UsdGeom.GetStageUpAxis(omni.usd.get_context().get_stage()))\n"
    source += "asyncio.ensure_future(work())\nprint('ended', carb.settings.get_settings().get('/a/b'))\n"
    done = run(tmp_path, source, "--up-axis", "Y", "--set", "/a/b=2.5")
    assert done.stdout.splitlines() == ["ended 2.5", "worked Y"], done.stderr


@pytest.mark.parametrize(
    ("last", "status"), [("app.close(exit_code=3)", 3), ("app.close(); import sys; sys.exit(4)", 4)]
)
def test_exit_codes(tmp_path, last, status):
    assert run(tmp_path, HEAD + last + "\n").returncode == status


def test_kit_settings_are_taken_before_and_after_the_script(tmp_path):
    source = HEAD + "import carb.settings\ns = carb.settings.get_settings()\nprint(s.get('/a'), s.get('/b'))\n"
    done = run(tmp_path, source, "--/a=true", arguments=("--/b=7",))
    assert done.stdout.splitlines()[0] == "True 7", done.stderr


def test_the_tests_of_a_module_run_and_can_fail(tmp_path):
    module = tmp_path / "test_two.py"
    body = "import omni.kit.test, omni.kit.app\nclass T(omni.kit.test.AsyncTestCase):\n"
    body += "    async def setUp(self):\n        self.n = 1\n"
    body += "    async def test_good(self):\n        await omni.kit.app.get_app().next_update_async()\n"
    body += "        self.assertEqual(self.n, 1)\n    async def test_bad(self):\n        self.assertEqual(self.n, 2)\n"
    module.write_text(body)
    command = [sys.executable, "-m", "engine", "--test-module", str(module)]
    assert subprocess.run([*command, "-k", "good"], capture_output=True, check=False).returncode == 0
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert subprocess.run([*command, "-k", "none"], capture_output=True, check=False).returncode == 1


EXTENSION = """
import carb.eventdispatcher, omni.ext, omni.usd
seen = []
class Extension(omni.ext.IExt):
    def on_startup(self, ext_id):
        name = omni.usd.get_context().stage_event_name(omni.usd.StageEventType.CLOSING)
        self._kept = carb.eventdispatcher.get_eventdispatcher().observe_event(
            event_name=name, on_event=lambda event: seen.append(name), observer_name="herd")
"""
TESTS = """
import omni.kit.test, omni.usd, herd.dogs
class T(omni.kit.test.AsyncTestCase):
    async def test_closed(self):
        before = len(herd.dogs.seen)
        await omni.usd.get_context().new_stage_async()
        self.assertEqual(len(herd.dogs.seen), before + 1)
        omni.usd.get_context().close_stage()
        self.assertEqual(len(herd.dogs.seen), before + 2)
"""


def test_the_extension_whose_tests_are_run_is_on(tmp_path):
    package = tmp_path / "exts" / "herd.dogs" / "herd" / "dogs"
    (package / "tests").mkdir(parents=True)
    (tmp_path / "exts" / "herd.dogs" / "config").mkdir()
    toml = '[package]\nversion = "1.0.0"\n[[python.module]]\nname = "herd.dogs"\n'
    (tmp_path / "exts" / "herd.dogs" / "config" / "extension.toml").write_text(toml)
    (package / "__init__.py").write_text(EXTENSION)
    (package / "tests" / "__init__.py").touch()
    (package / "tests" / "test_dogs.py").write_text(TESTS)
    words = ["--ext-folder", str(tmp_path / "exts"), "--test-module", "herd.dogs.tests.test_dogs"]
    done = subprocess.run([sys.executable, "-m", "engine", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_makes_a_standalone_script():
    assert makes_its_own_app("from isaacsim import SimulationApp\nSimulationApp()")
    assert makes_its_own_app("import isaacsim\nisaacsim.SimulationApp()")
    assert not makes_its_own_app("# SimulationApp\nx = 'SimulationApp'")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "give one script to run, or --test-module NAME"),
        (["--meters-per-unit", "0", "x.py"], "--meters-per-unit must be positive, 0.0 was given"),
    ],
)
def test_bad_command_lines(words, text, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert text in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["/no/such/script.py"], "no script '/no/such/script.py'; give the path of a Python file"),
        (["--ext-folder", "/no/such", "x.py"], "--ext-folder '/no/such': no */config/extension.toml there"),
        (["--set", "/a", "x.py"], "--set /a: expected /key=value"),
    ],
)
def test_bad_paths_and_settings(words, text, capsys):
    assert main(words) == 2
    assert text in capsys.readouterr().err


def test_extension_folders_of_a_source_tree(tmp_path, monkeypatch):
    monkeypatch.setattr(ext_folders, "_extensions", {})
    monkeypatch.setattr(ext_folders, "_modules", {})
    for name, layout in (("isaacsim.made.one", "python"), ("isaacsim.made.two", "isaacsim/made/two")):
        folder = tmp_path / name
        (folder / "config").mkdir(parents=True)
        (folder / layout).mkdir(parents=True)
        (folder / "config" / "extension.toml").write_text(f'[[python.module]]\nname = "{name}"\n')
        (folder / layout / "__init__.py").write_text(
            "import omni.ext\nstarted = []\nclass E(omni.ext.IExt):\n    def on_startup(self):\n        started.append(1)\n"
        )
        (folder / layout / "part.py").write_text(f"where = '{layout}'\n")
    assert ext_folders.add_folder(tmp_path) == ["isaacsim.made.one", "isaacsim.made.two"]
    import isaacsim.made.two.part
    from isaacsim.core.utils.extensions import enable_extension
    from isaacsim.made.one.part import where

    assert where == "python" and isaacsim.made.two.part.where == "isaacsim/made/two"
    assert enable_extension("isaacsim.made.one")
    import isaacsim.made.one

    assert isaacsim.made.one.started == [1]


def test_an_extension_that_cannot_start_is_named_and_the_script_goes_on(tmp_path):
    folder = tmp_path / "exts" / "isaacsim.replicator.writers"
    for part in ("config", "python"):
        (folder / part).mkdir(parents=True)
    (folder / "config" / "extension.toml").write_text('[[python.module]]\nname = "isaacsim.replicator.writers"\n')
    (folder / "python" / "__init__.py").write_text("import no_such_package\n")
    done = run(tmp_path, "print('on')\n", "--ext-folder", str(tmp_path / "exts"))
    assert done.returncode == 0 and done.stdout == "on\n"
    assert "'isaacsim.replicator.writers' cannot start, its writers are not registered: No module" in done.stderr


def test_modules_of_a_checkout_come_before_the_stand_ins_but_not_their_package(tmp_path):
    folder = tmp_path / "exts" / "isaacsim.test.utils"
    package = folder / "isaacsim" / "test" / "utils"
    package.mkdir(parents=True)
    (folder / "config").mkdir()
    (folder / "config" / "extension.toml").write_text('[[python.module]]\nname = "isaacsim.test.utils"\n')
    (package / "__init__.py").write_text("import no_such_package\n")
    (package / "file_validation.py").write_text("mine = 'checkout'\n")
    source = "from isaacsim.test.utils.file_validation import mine\n"
    source += "from isaacsim.test.utils.image_comparison import compare_images_in_directories as c\n"
    source += "print(mine, c.__module__)\n"
    done = run(tmp_path, source, "--ext-folder", str(tmp_path / "exts"))
    assert done.stdout == "checkout engine.isaac.test_utils.image_comparison\n", done.stderr


def test_the_folder_that_was_written_to_is_named(tmp_path):
    source = "import omni.replicator.core as rep\n"
    source += f"backend = rep.backends.get('DiskBackend', init_params={{'output_dir': {str(tmp_path / 'made')!r}}})\n"
    source += "backend.write_blob('a.bin', b'1')\n"
    source += f"rep.backends.get('DiskBackend', init_params={{'output_dir': {str(tmp_path / 'empty')!r}}})\n"
    done = run(tmp_path, source)
    assert [line for line in done.stderr.splitlines() if "output:" in line] == [f"output: {tmp_path / 'made'}"]


SETS_UP = "import omni.replicator.core as rep\nwith rep.new_layer():\n"
SETS_UP += "    camera = rep.create.camera()\n    product = rep.create.render_product(camera, (16, 16))\n"
SETS_UP += "    writer = rep.WriterRegistry.get('BasicWriter')\n"
SETS_UP += "    writer.initialize(output_dir='{folder}', rgb=True)\n    writer.attach([product])\n"
SETS_UP += "    with rep.trigger.on_frame(max_execs=2):\n        rep.create.cube()\n"


def test_a_script_that_starts_no_run_is_told_how(tmp_path):
    source = SETS_UP.format(folder=tmp_path / "out")
    done = run(tmp_path, source)
    assert done.returncode == 0 and "nothing was captured: the script attaches BasicWriter" in done.stderr
    assert "give --run 0 (until its triggers are done) or --run N" in done.stderr
    done = run(tmp_path, source + "rep.orchestrator.run()\n")
    assert "nothing was captured" not in done.stderr and (tmp_path / "out" / "rgb_0001.png").is_file()


def test_a_script_is_decoded_as_python_decodes_it(tmp_path):
    marked = tmp_path / "marked.py"
    marked.write_bytes(b"\xef\xbb\xbfprint('marked', '\xc3\xa9' == chr(233))\n")
    latin = tmp_path / "latin.py"
    latin.write_bytes(b"# -*- coding: latin-1 -*-\nprint('latin', '\xe9' == chr(233))\n")
    for path, text in ((marked, "marked True"), (latin, "latin True")):
        done = subprocess.run([sys.executable, "-m", "engine", str(path)], capture_output=True, text=True, check=False)
        assert text in done.stdout, done.stderr


def test_a_stage_that_cannot_be_opened_is_one_error(tmp_path):
    broken = tmp_path / "broken.usda"
    broken.write_text("#usda 1.0\ndef Cube {\n")
    done = run(tmp_path, "print('never')\n", "--open-stage", str(broken))
    assert done.returncode == 2 and "never" not in done.stdout and "Traceback" not in done.stderr
    assert f"--open-stage: cannot open stage '{broken}'" in done.stderr


def test_asyncio_run_uses_the_loop_of_the_application(tmp_path):
    source = HEAD + (
        "import asyncio, omni.kit.app\n"
        "async def frames(n):\n"
        "    for _ in range(n):\n"
        "        await omni.kit.app.get_app().next_update_async()\n"
        "    return n\n"
        "print('ran', asyncio.run(frames(2)))\n"
        "task = asyncio.ensure_future(frames(3))\n"
        "while not task.done():\n"
        "    app.update()\n"
        "print('then', task.result())\n"
    )
    done = run(tmp_path, source)
    assert "ran 2" in done.stdout and "then 3" in done.stdout, done.stderr


def test_a_coroutine_may_close_the_application(tmp_path):
    source = (
        "from isaacsim import SimulationApp\n"
        "app = SimulationApp({'headless': True})\n"
        "import asyncio\n"
        "import omni.replicator.core as rep\n"
        "cube = rep.create.cube(semantics=[('class', 'cube')])\n"
        "product = rep.create.render_product(rep.create.camera(position=(0, -5, 2), look_at=(0, 0, 0)), (32, 32))\n"
        "writer = rep.writers.get('BasicWriter')\n"
        f"writer.initialize(output_dir={str(tmp_path / 'out')!r}, semantic_segmentation=True)\n"
        "writer.attach(product)\n"
        "async def make():\n"
        "    await rep.orchestrator.step_async()\n"
        "    app.close()\n"
        "asyncio.ensure_future(make())\n"
        "while app.is_running():\n"
        "    app.update()\n"
    )
    done = run(tmp_path, source)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "semantic_segmentation_0000.png").exists()
