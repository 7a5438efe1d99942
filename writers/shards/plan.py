"""What a run makes: everything that shapes its bytes, frozen before the first frame."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PLAN = "plan.json"
_ABSENT = "nothing"
_ADVICE = "run the command that made the dataset again with --verify, which restores it, or choose another --out"


@dataclass(frozen=True)
class ShardRange:
    """One shard: its number and its frames, start included and stop not."""

    number: int
    start: int
    stop: int

    @property
    def frames(self) -> range:
        """The frames of this shard."""
        return range(self.start, self.stop)


@dataclass(frozen=True)
class Plan:
    """A run, frozen.

    Args:
        spec: what shapes the bytes and is not said below: scenario, seeds, outputs, versions; JSON values only. Its
            entry "command" says how to make the dataset again; it shapes nothing and is not compared.
        start: first frame.
        frames: how many; 0 where a script decides as it goes, and the records say how many there are.
        frames_per_shard: frames of one shard; the last one may have fewer.
        views: samples of one frame.
        format: name of the shard format.
    """

    spec: dict[str, Any]
    start: int
    frames: int
    frames_per_shard: int
    views: int = 1
    format: str = "webdataset"

    def shards(self) -> list[ShardRange]:
        """List the shards of the run in order."""
        count = -(-self.frames // self.frames_per_shard)
        return [self.shard(number) for number in range(count)]

    def shard(self, number: int) -> ShardRange:
        """Return shard `number`."""
        start = self.start + number * self.frames_per_shard
        stop = start + self.frames_per_shard
        return ShardRange(number, start, min(stop, self.start + self.frames) if self.frames else stop)

    @property
    def hash(self) -> str:
        """SHA-256 of all that shapes the bytes, hexadecimal."""
        return hashlib.sha256(_canonical(self._compared())).hexdigest()

    def differences(self, other: Plan) -> list[str]:
        """Say how `other` differs from this plan, one line a key: "scenario.seed: was 3, is 4"."""
        was, now = (dict(_flat(plan._compared())) for plan in (self, other))
        changed = [key for key in {**was, **now} if was.get(key, _ABSENT) != now.get(key, _ABSENT)]
        return [f"{key}: was {was.get(key, _ABSENT)}, is {now.get(key, _ABSENT)}" for key in changed]

    def to_json(self) -> bytes:
        """Return the file `plan.json`."""
        return _canonical({**self._compared(), "spec": self.spec, "hash": self.hash, "schema": 1}) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Plan:
        """Read the file `plan.json`.

        Raises:
            ValueError: if it is not one, or was edited.
        """
        try:
            given = json.loads(data)
            names = ("spec", "start", "frames", "frames_per_shard", "views", "format")
            plan = cls(**{name: given[name] for name in names})
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"plan.json is not a plan ({error!r}); {_ADVICE}") from error
        if given.get("hash") != plan.hash:
            raise ValueError(f"plan.json was edited: its hash does not match; {_ADVICE}")
        return plan

    def _compared(self) -> dict[str, Any]:
        return {
            "spec": {key: value for key, value in self.spec.items() if key != "command"},
            "start": self.start,
            "frames": self.frames,
            "frames_per_shard": self.frames_per_shard,
            "views": self.views,
            "format": self.format,
        }


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield dotted keys with their values as JSON; lists are compared whole unless they hold mappings."""
    if isinstance(value, dict) and value:
        for name in sorted(value):
            yield from _flat(value[name], f"{key}.{name}" if key and key != "spec" else str(name))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for number, item in enumerate(value):
            yield from _flat(item, f"{key}[{number}]")
    else:
        yield key, json.dumps(value, sort_keys=True, ensure_ascii=False)
