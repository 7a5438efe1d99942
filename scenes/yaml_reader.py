"""Scenario files: found by path or name, read as YAML with numbers like 1e-3 and without keys given twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from scenes.errors import ScenarioError

OWN = Path(__file__).resolve().parent  # scenarios of this repository can be named without path and suffix


class UniqueKeyLoader(yaml.SafeLoader):
    """Refuse a mapping that has a key twice: the last one would win in silence."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Build one mapping.

        Raises:
            yaml.constructor.ConstructorError: naming the key that comes again.
        """
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no text", key_node.start_mark)
            key = key_node.value
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key}' is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 as PyYAML reads it takes 1e-3 for text; YAML 1.2 (section 10.3.2) and everybody else take it for a number.
UniqueKeyLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$"), list("-+.0123456789")
)


def find_scenario(name: str | Path) -> Path:
    """Return the file behind a path, or behind the bare name of a scenario of this repository ("pasture").

    Raises:
        ScenarioError: if there is no such file.
    """
    path, own = Path(name), OWN / f"{name}.yaml"
    if path.exists():
        return path
    if path.name == str(name) and own.is_file():
        return own
    known = ", ".join(sorted(p.stem for p in OWN.glob("*.yaml")))
    raise ScenarioError(
        "", f"there is no such scenario file; give the path of a YAML file, or one of {known}", str(name)
    )


def read_document(path: str | Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        ScenarioError: naming the file, and the line where it is not YAML.
    """
    file = str(path)
    try:
        document = yaml.load(find_scenario(path).read_text(encoding="utf-8"), UniqueKeyLoader)
    except OSError as error:
        raise ScenarioError("", f"cannot be read ({error.strerror}); expected a scenario YAML file", file) from error
    except UnicodeDecodeError as error:
        raise ScenarioError("", f"is not text in UTF-8 ({error.reason} at byte {error.start})", file) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ScenarioError(place, f"is not YAML: {getattr(error, 'problem', error)}", file) from error
    if not isinstance(document, dict):
        raise ScenarioError("", f"holds {type(document).__name__}; expected a mapping of scenario keys", file)
    return document
