"""Which labels count: Replicator's semantic filter predicates.

A predicate is a disjunctive normal form of semantic type and labels: `;` separates alternatives, `,` joins terms that
must all hold, a term is `type : labels` with `|` (or), `&` (and), `!` (not) and `*` for any type or label. A filter
looks at a prim's own labels and lets only the matching labels through.
Source: omni.syntheticdata, node SdSemanticFilter (hierarchicalLabels false, matchingLabels true).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ANY = "*"
EXAMPLE = "'class:*', 'class:cow|sheep' or 'typeA:x & !y ; typeB:z'"
Labels = Mapping[str, tuple[str, ...]]
Literal = tuple[str, bool]  # label, wanted


@dataclass(frozen=True)
class Term:
    """`type : a & !b | c`: alternatives, each a conjunction of labels wanted or not."""

    kind: str
    alternatives: tuple[tuple[Literal, ...], ...]

    def kept(self, labels: Labels) -> dict[str, set[str]]:
        """Return the matching labels by type; empty where nothing matches."""
        found: dict[str, set[str]] = {}
        for kind, names in labels.items():
            if self.kind in (ANY, kind):
                for alternative in self.alternatives:
                    if _holds(alternative, names):
                        found.setdefault(kind, set()).update(_wanted(alternative, names))
        return found


@dataclass(frozen=True)
class SemanticFilter:
    """A parsed predicate: alternatives, each a list of terms that must all hold."""

    alternatives: tuple[tuple[Term, ...], ...]

    def matching(self, labels: Labels) -> dict[str, tuple[str, ...]]:
        """Return the labels that pass, in authored order; empty for a prim that does not match."""
        kept: dict[str, set[str]] = {}
        for terms in self.alternatives:
            parts = [term.kept(labels) for term in terms]
            if all(parts):
                for part in parts:
                    for kind, names in part.items():
                        kept.setdefault(kind, set()).update(names)
        return {kind: tuple(n for n in names if n in kept[kind]) for kind, names in labels.items() if kind in kept}


def filter_of(params: Mapping[str, Any]) -> SemanticFilter:
    """Return the filter that init_params ask for: `semanticTypes` where given, else `semanticFilter`."""
    types: Sequence[str] | str | None = params.get("semanticTypes")
    if types is not None:
        listed = [types] if isinstance(types, str) else types
        return SemanticFilter(tuple((Term(str(kind).strip(), (((ANY, True),),)),) for kind in listed))
    return parse(str(params.get("semanticFilter") or "*:*"))


@lru_cache(maxsize=256)
def parse(predicate: str) -> SemanticFilter:
    """Parse a predicate.

    Raises:
        ValueError: if it is not of the form described above.
    """
    alternatives = [text for text in predicate.split(";") if text.strip()]
    if not alternatives:
        raise ValueError(f"semanticFilter '{predicate}' is empty; expected for instance {EXAMPLE}")
    return SemanticFilter(tuple(tuple(_term(t, predicate) for t in text.split(",")) for text in alternatives))


def _term(text: str, predicate: str) -> Term:
    kind, colon, expression = text.partition(":")
    if not colon or not kind.strip() or not expression.strip():
        raise ValueError(
            f"semanticFilter '{predicate}': '{text.strip()}' is no term; expected type:labels, for instance {EXAMPLE}"
        )
    alternatives = tuple(tuple(_literal(t, predicate) for t in part.split("&")) for part in expression.split("|"))
    return Term(kind.strip(), alternatives)


def _literal(text: str, predicate: str) -> Literal:
    label = text.strip().strip("()").strip()
    wanted = not label.startswith("!")
    label = label.lstrip("!").strip()
    if not label:
        raise ValueError(
            f"semanticFilter '{predicate}': a label is missing around '|', '&' or '!'; expected for instance {EXAMPLE}"
        )
    return label, wanted


def _holds(alternative: tuple[Literal, ...], names: tuple[str, ...]) -> bool:
    return all((bool(names) if label == ANY else label in names) == wanted for label, wanted in alternative)


def _wanted(alternative: tuple[Literal, ...], names: tuple[str, ...]) -> set[str]:
    named = {label for label, wanted in alternative if wanted}
    return set(names) if not named or ANY in named else named
