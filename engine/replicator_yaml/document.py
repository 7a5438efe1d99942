"""A file with its profiles: which groups there are, and what a group is once it has inherited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.replicator_yaml.errors import ParserError, near
from engine.replicator_yaml.functions import is_call
from engine.replicator_yaml.reader import Located, read_groups

PROFILES, INHERIT = "profiles", "inherit"


@dataclass
class Document:
    """The groups of a file and of its profiles.

    Attributes:
        file: the file.
        groups: its own groups, in order: these are run.
        parents: groups of its profiles: these are run when they are referred to, and can be inherited.
    """

    file: str
    groups: dict[str, Located]
    parents: dict[str, Located] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Names of all groups."""
        return {*self.groups, *self.parents}

    def find(self, name: str) -> Located:
        """Return the group a reference means: the file's own before one of a profile."""
        return self.groups[name] if name in self.groups else self.parents[name]

    def expanded(self, node: Located, own: str = "", seen: tuple[str, ...] = ()) -> Located:
        """Return a mapping without `inherit`: entries of the groups it names, replaced by its own where both have one.

        Args:
            node: the mapping.
            own: name of the group it is, if it is one: of that name, the profile's is inherited.
            seen: groups being expanded.

        Raises:
            ParserError: if there is no such group, it is no mapping, or it inherits itself.
        """
        if not isinstance(node.value, Mapping) or INHERIT not in node.value:
            return node
        entries: dict[str, Located] = {}
        asked = node.value[INHERIT]
        for child in asked.value if isinstance(asked.value, list) else [asked]:
            entries = _merged(entries, self._parent(child, own, seen).value)
        return Located(_merged(entries, {k: v for k, v in node.value.items() if k != INHERIT}), node.file, node.line)

    def _parent(self, child: Located, own: str, seen: tuple[str, ...]) -> Located:
        name = child.value
        if not isinstance(name, str) or name not in self.names or (name == own and name not in self.parents):
            raise child.error(
                INHERIT, f"{name!r} was given; expected the name of a group{near(str(name), self.names - {own})}"
            )
        if name in seen:
            raise child.error(INHERIT, f"'{name}' inherits itself, through {', '.join(seen)}")
        group = self.parents[name] if name == own else self.find(name)
        if not isinstance(group.value, Mapping):
            raise child.error(
                INHERIT, f"'{name}' (line {group.line} of {group.file}) is no block that can be inherited"
            )
        return self.expanded(group, name, (*seen, name))


def _merged(base: Mapping[str, Located], over: Mapping[str, Located]) -> dict[str, Located]:
    """Return entries of both; arguments of one function are put together, anything else of `over` wins."""
    result = dict(base)
    for key, node in over.items():
        old = result.get(key)
        both = old is not None and isinstance(old.value, Mapping) and isinstance(node.value, Mapping)
        if old is not None and both and is_call(key):
            node = Located(_merged(old.value, node.value), node.file, node.line)
        elif old is not None and is_call(key) and node.value is None:
            node = old
        result[key] = node
    return result


def load(path: str | Path, root: Path | None = None) -> Document:
    """Read a file and its profiles.

    Args:
        path: the file.
        root: folder below which paths are looked for too.

    Raises:
        ParserError: naming file, line and key of what cannot be read.
    """
    file = _found(path, root, None)
    if file is None:
        tried = f" (looked for below {root} too)" if root is not None else ""
        raise ParserError(
            str(path), 0, "", f"there is no such file{tried}; expected the path of a Replicator YAML file"
        )
    document = Document(str(file), read_groups(file))
    _add_profiles(document, document.groups.pop(PROFILES, None), file.parent, root, {file.resolve()})
    return document


def _found(path: Any, root: Path | None, folder: Path | None) -> Path | None:
    below = str(path).lstrip("/")
    places = [Path(path), *(base / below for base in (folder, root) if base is not None)]
    return next((place for place in places if place.is_file()), None)


def _add_profiles(document: Document, asked: Located | None, folder: Path, root: Path | None, seen: set[Path]) -> None:
    if asked is None or asked.value is None:
        return
    for child in asked.value if isinstance(asked.value, list) else [asked]:
        file = _found(child.value, root, folder) if isinstance(child.value, str) else None
        if file is None:
            where = ", ".join(str(base) for base in (folder, root) if base is not None)
            raise child.error(PROFILES, f"{child.value!r} was given; expected the path of a YAML file (below {where})")
        if file.resolve() in seen:
            continue
        seen.add(file.resolve())
        groups = read_groups(file)
        _add_profiles(document, groups.pop(PROFILES, None), file.parent, root, seen)
        for name, node in groups.items():
            if name in document.parents:
                old = document.parents[name]
                raise node.error(
                    name, f"a profile has a group of this name already ({old.file}:{old.line}); expected another name"
                )
            document.parents[name] = node
