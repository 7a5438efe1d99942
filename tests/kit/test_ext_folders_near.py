from __future__ import annotations

from .running import HEAD, run

WRITER = """
import omni.replicator.core as rep
class Near(rep.Writer):
    def __init__(self):
        self.annotators = []
rep.writers.register_writer(Near)
"""


def checkout(folder, module: str) -> None:
    extension = folder / "source" / "extensions" / "isaacsim.replicator.writers"
    (extension / "config").mkdir(parents=True)
    (extension / "config" / "extension.toml").write_text('[[python.module]]\nname = "isaacsim.replicator.writers"\n')
    (extension / "python").mkdir()
    (extension / "python" / "__init__.py").write_text(module)


def test_a_script_of_a_checkout_finds_the_writers_beside_it(tmp_path):
    checkout(tmp_path, WRITER)
    examples = tmp_path / "source" / "standalone_examples"
    examples.mkdir()
    source = (
        HEAD + "import omni.replicator.core as rep\nprint(type(rep.writers.get('Near', {})).__name__)\napp.close()\n"
    )
    done = run(examples, source)
    assert done.stdout.splitlines()[0] == "Near", done.stderr


def test_without_them_or_where_they_cannot_start_the_engine_has_its_own(tmp_path):
    source = (
        HEAD
        + "import omni.replicator.core as rep\nprint(rep.writers.get('PoseWriter').__class__.__module__)\napp.close()\n"
    )
    own = "engine.isaac.replicator_writers.pose_writer"
    assert run(tmp_path, source).stdout.splitlines()[0] == own
    checkout(tmp_path, "import a_module_that_is_not_there\n")
    done = run(tmp_path, source)
    assert done.stdout.splitlines()[0] == own
    assert "'isaacsim.replicator.writers' cannot start, its writers are not registered" in done.stderr + done.stdout
