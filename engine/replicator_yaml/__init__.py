"""omni.replicator.replicator_yaml for the embedded engine: Replicator scenes written in YAML.

`parse` reads a file and makes its calls of `rep.*` in order, as a script would; `rep.orchestrator.run()` captures.

Source: Replicator YAML Manual (Omniverse Extensions documentation): groups, functions, `with`, `randomizer.register`,
`profiles` and `inherit`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.carb.settings import get_settings
from engine.replicator_yaml.blocks import Interpreter
from engine.replicator_yaml.document import load
from engine.replicator_yaml.errors import ParserError

__all__ = ["Parsed", "ParserError", "parse"]
ROOT_DIR = "/omni/replicator/replicatorYaml/rootDir"


class Parsed:
    """A file that has been run.

    Attributes:
        file: where it was found.
        groups: what each group made, by name, in order.
    """

    def __init__(self, file: str, groups: dict[str, Any]) -> None:
        self.file = file
        self.groups = groups

    def __getitem__(self, name: str) -> Any:
        return self.groups[name]


def parse(yaml_path: str | Path, root_dir: str | Path | None = None) -> Parsed:
    """Build the scene, triggers and writers of a Replicator YAML file.

    Args:
        yaml_path: the file; a relative path is also looked for below `root_dir`.
        root_dir: where paths of `profiles` start too; default the setting of that name under
            `/omni/replicator/replicatorYaml`.

    Returns:
        What each group made.

    Raises:
        ParserError: naming file, line and key of what is wrong.
    """
    root = root_dir or get_settings().get(ROOT_DIR)
    document = load(yaml_path, None if root is None else Path(root))
    return Parsed(document.file, Interpreter(document).run())
