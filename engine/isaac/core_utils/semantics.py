"""isaacsim.core.utils.semantics: labels in the new schema (UsdSemantics) and in the old one."""

from __future__ import annotations

from pxr import Tf, Usd, UsdGeom, UsdSemantics

from ...kit.semantics_schema import SemanticsAPI, legacy_labels, remove_legacy
from .stage import get_current_stage


def add_labels(prim: Usd.Prim, labels: list[str], instance_name: str = "class", overwrite: bool = True) -> None:
    """Label a prim in the new schema.

    Args:
        prim: the prim.
        labels: the labels of this type.
        instance_name: the semantic type.
        overwrite: replace the labels of this type instead of adding to them.
    """
    wanted = [labels] if isinstance(labels, str) else list(labels)
    before = [] if overwrite else get_labels(prim).get(instance_name, [])
    api = UsdSemantics.LabelsAPI.Apply(prim, instance_name)
    api.CreateLabelsAttr().Set(before + [label for label in wanted if label not in before])


def get_labels(prim: Usd.Prim) -> dict[str, list[str]]:
    """Return semantic type to labels of a prim, new schema."""
    result = {}
    for name in UsdSemantics.LabelsAPI.GetDirectTaxonomies(prim):
        result[str(name)] = [str(label) for label in UsdSemantics.LabelsAPI(prim, name).GetLabelsAttr().Get() or []]
    return result


def remove_labels(prim: Usd.Prim, instance_name: str | None = None, include_descendants: bool = False) -> None:
    """Remove the labels of one type, or all, new schema."""
    for part in Usd.PrimRange(prim) if include_descendants else [prim]:
        for name in get_labels(part):
            if instance_name is None or name == instance_name:
                part.RemoveProperty(f"semantics:labels:{name}")
                part.RemoveAPI(UsdSemantics.LabelsAPI, name)


def upgrade_prim_semantics_to_labels(prim: Usd.Prim, include_descendants: bool = False) -> int:
    """Turn old labels into new ones and return how many there were."""
    count = 0
    for part in Usd.PrimRange(prim) if include_descendants else [prim]:
        for instance, (kind, label) in legacy_labels(part).items():
            remove_legacy(part, instance)
            add_labels(part, [label], kind, overwrite=False)
            count += 1
    return count


def _parts(prim_path: str | None) -> list[Usd.Prim]:
    stage = get_current_stage()
    return list(Usd.PrimRange(stage.GetPrimAtPath(prim_path) if prim_path else stage.GetPseudoRoot()))


def check_missing_labels(prim_path: str | None = None) -> list[str]:
    """Return the paths of meshes without a label of their own."""
    return [str(prim.GetPath()) for prim in _parts(prim_path) if prim.GetTypeName() == "Mesh" and not get_labels(prim)]


def check_incorrect_labels(prim_path: str | None = None) -> list[list[str]]:
    """Return [path, label] of meshes whose label does not occur in their path."""
    found = []
    for prim in _parts(prim_path):
        for label in (label for labels in get_labels(prim).values() for label in labels):
            if prim.GetTypeName() == "Mesh" and label.lower() not in str(prim.GetPath()).lower():
                found.append([str(prim.GetPath()), label])
    return found


def count_labels_in_scene(prim_path: str | None = None) -> dict[str, int]:
    """Return label to number of meshes, with "missing_labels" for those without."""
    counts = {"missing_labels": 0}
    for prim in _parts(prim_path):
        if prim.GetTypeName() == "Mesh":
            labels = [label for labels in get_labels(prim).values() for label in labels]
            counts["missing_labels"] += not labels
            for label in labels:
                counts[label] = counts.get(label, 0) + 1
    return counts


def add_update_semantics(prim: Usd.Prim, semantic_label: str, type_label: str = "class", suffix: str = "") -> None:
    """Label a prim in the old schema (4.x and 5.x), in place of an earlier label of the same type."""
    for instance, (kind, _) in legacy_labels(prim).items():
        if kind == type_label and suffix == "":
            remove_legacy(prim, instance)
    api = SemanticsAPI.Apply(prim, f"Semantics{Tf.MakeValidIdentifier(suffix) if suffix else ''}")
    api.CreateSemanticTypeAttr(type_label)
    api.CreateSemanticDataAttr(semantic_label)


def get_semantics(prim: Usd.Prim) -> dict[str, tuple[str, str]]:
    """Return instance name to (type, label) of a prim, old schema."""
    return legacy_labels(prim)


def _old_meshes(prim_path: str | None) -> list[tuple[str, list[str]]]:
    """Return path and labels of the old schema of every mesh at or below a path."""
    meshes = [part for part in _parts(prim_path) if part.IsA(UsdGeom.Mesh)]
    return [(str(part.GetPath()), [label for _, label in get_semantics(part).values()]) for part in meshes]


def check_missing_semantics(prim_path: str | None = None) -> list[str]:
    """Return the paths of meshes without a label of the old schema."""
    return [path for path, labels in _old_meshes(prim_path) if not labels]


def check_incorrect_semantics(prim_path: str | None = None) -> list[list[str]]:
    """Return [path, label] of meshes whose label of the old schema does not occur in their path."""
    wrong = []
    for path, labels in _old_meshes(prim_path):
        plain = path.lower()
        for label in labels:
            word = label.lower()
            if not any(form in plain for form in (word, word.replace("_", ""), word.replace("-", ""))):
                wrong.append([path, label])
                break
    return wrong


def count_semantics_in_scene(prim_path: str | None = None) -> dict[str, int]:
    """Return how many meshes have each label of the old schema, and how many have none ("missing")."""
    counts = {"missing": 0}
    for _, labels in _old_meshes(prim_path):
        counts["missing"] += not labels
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
    return counts


def remove_all_semantics(prim: Usd.Prim, recursive: bool = False) -> None:
    """Remove every label of a prim, old and new schema."""
    for part in Usd.PrimRange(prim) if recursive else [prim]:
        for instance in legacy_labels(part):
            remove_legacy(part, instance)
        remove_labels(part)
