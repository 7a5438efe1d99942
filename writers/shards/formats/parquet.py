"""Parquet: one row a sample, pictures as Hugging Face images, what one filters by in columns of its own.

A row holds every member under its own name, byte for byte, and beside them columns read from the member `json`. Footer
metadata name the features, so `datasets.load_dataset("parquet", ...)` gives pictures at once.

Source: Hugging Face datasets, `Features.arrow_schema` (schema metadata "huggingface") and `Image` (struct of bytes and
path); Apache Parquet file format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from writers.shards.formats import ShardFormat
from writers.shards.sample import Sample

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

KEY = "__key__"
IMAGES = (".jpg", ".jpeg", ".png")
GROUP_ROWS, GROUP_BYTES = 100, 16 << 20
ROWS_AT_ONCE = 8
MEMBERS = b"replicant.members"  # metadata: the columns that are members, as JSON
# column -> type as Hugging Face names it; a dictionary is a list of such structs
COLUMNS: dict[str, Any] = {
    "frame": "int64",
    "seed": "int64",
    "camera": "string",
    "width": "int64",
    "height": "int64",
    "depth_scale": "float64",
    "object_count": "int64",
    "visible_classes": ["string"],
    "objects": {
        "id": "int64",
        "prim": "string",
        "class": "string",
        "area": "int64",
        "box": ["int64"],
        "visible_fraction": "float64",
    },
}


class Parquet(ShardFormat):
    """Parquet files for Hugging Face datasets, Arrow, DuckDB, Polars, Spark."""

    name = "parquet"

    def file_name(self, number: int) -> str:
        """Return `shard-000000.parquet`."""
        return f"shard-{number:06d}.parquet"

    def build(self, samples: Iterable[Sample], path: Path) -> None:
        """Write one shard, a row group at a time; one that fails leaves no file.

        Raises:
            ValueError: if a sample has other members than the first, or a `json` that is none.
        """
        import pyarrow.parquet as pq

        rows = iter(samples)
        first = next(rows, None)
        members = sorted(first.members) if first else []
        schema = _schema(members)
        try:
            with pq.ParquetWriter(path, schema, **_options(members)) as writer:
                for group in _groups(first, rows):
                    writer.write_table(_table(group, members, schema), row_group_size=len(group))
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def read(self, file: BinaryIO) -> Iterator[Sample]:
        """Yield the samples of a shard in order."""
        return self.pick(file, None)

    def pick(self, file: BinaryIO, members: set[str] | None) -> Iterator[Sample]:
        """Yield the samples with these members alone; other columns are not read."""
        table = _open(file)
        wanted = [name for name in _members(table) if members is None or name in members]
        for group in range(table.num_row_groups):
            yield from _samples(table, [group], wanted)

    def keys(self, file: BinaryIO) -> list[str]:
        """List the keys of a shard in order; pictures are not read."""
        return [key for group in _group_keys(_open(file)) for key in group]

    def find(self, file: BinaryIO, key: str) -> Sample | None:
        """Return one sample by reading its row group alone; None if the shard has no such key."""
        table = _open(file)
        for group, keys in enumerate(_group_keys(table)):
            if key in keys:
                return next(sample for sample in _samples(table, [group], _members(table)) if sample.key == key)
        return None


def _options(members: list[str]) -> dict[str, Any]:
    """Settings of the writer: pictures are stored as they are, the rest as zstd; row groups can be chosen by key."""
    pictures = [f"{name}.{part}" for name in members if _is_image(name) for part in ("bytes", "path")]
    others = [KEY, *[name for name in members if not _is_image(name)]]
    texts = ["frame", "seed", "camera", "width", "height", "depth_scale", "object_count"]
    nested = ["visible_classes.list.element", *[f"objects.list.element.{name}" for name in COLUMNS["objects"]]]
    nested = [f"{name}.list.element" if name.endswith(".box") else name for name in nested]
    columns = pictures + others + (texts + nested if "json" in members else [])
    return {
        "compression": {name: "NONE" if name in pictures else "ZSTD" for name in columns},
        "use_dictionary": [name for name in columns if name not in pictures and name not in others],
        "write_statistics": [KEY, *texts],
        "write_page_checksum": True,
        "store_schema": True,
    }


def _schema(members: list[str]) -> pyarrow.Schema:
    import pyarrow as pa

    if taken := sorted({KEY, *COLUMNS} & set(members)):
        raise ValueError(f"member '{taken[0]}' has the name of a column of Parquet shards; give it an extension")
    fields = {KEY: "string", **{name: _kind(name) for name in members}, **(COLUMNS if "json" in members else {})}
    features = {name: _feature(kind) for name, kind in fields.items()}
    metadata = {
        "huggingface": json.dumps({"info": {"features": features}}),
        MEMBERS.decode(): json.dumps(members),
    }
    return pa.schema([(name, _arrow(kind)) for name, kind in fields.items()], metadata=metadata)


def _kind(name: str) -> str:
    return "image" if _is_image(name) else "string" if name == "json" else "binary"


def _is_image(name: str) -> bool:
    return f".{name}".endswith(IMAGES)


def _arrow(kind: Any) -> pyarrow.DataType:
    import pyarrow as pa

    if isinstance(kind, list):
        return pa.list_(_arrow(kind[0]))
    if isinstance(kind, dict):
        return pa.list_(pa.struct([(name, _arrow(inner)) for name, inner in kind.items()]))
    if kind == "image":
        return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return {"int64": pa.int64(), "float64": pa.float64(), "string": pa.string(), "binary": pa.binary()}[kind]


def _feature(kind: Any) -> Any:
    """Name a column's type as Hugging Face's metadata do."""
    if isinstance(kind, list):
        return {"_type": "List", "feature": _feature(kind[0])}
    if isinstance(kind, dict):
        return {"_type": "List", "feature": {name: _feature(inner) for name, inner in kind.items()}}
    return {"_type": "Image"} if kind == "image" else {"_type": "Value", "dtype": kind}


def _groups(first: Sample | None, rest: Iterator[Sample]) -> Iterator[list[Sample]]:
    """Split the samples into row groups of bounded size."""
    group, size = [first] if first else [], 0
    for sample in rest:
        size += sum(map(len, group[-1].members.values()))
        if len(group) >= GROUP_ROWS or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(sample)
    if group:
        yield group


def _table(group: list[Sample], members: list[str], schema: pyarrow.Schema) -> pyarrow.Table:
    import pyarrow as pa

    return pa.Table.from_pylist([_row(sample, members) for sample in group], schema=schema)


def _row(sample: Sample, members: list[str]) -> dict[str, Any]:
    if sorted(sample.members) != members:
        raise ValueError(f"sample '{sample.key}' has members {sorted(sample.members)}; the first sample had {members}")
    row: dict[str, Any] = {KEY: sample.key}
    for name, data in sample.members.items():
        row[name] = {"bytes": data, "path": f"{sample.key}.{name}"} if _is_image(name) else data
    if "json" in members:
        try:
            row["json"] = sample.members["json"].decode()
            row.update(_columns(json.loads(row["json"])))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(
                f"member 'json' of sample '{sample.key}' is no JSON object as writers make: {error}"
            ) from error
    return row


def _columns(about: dict[str, Any]) -> dict[str, Any]:
    """Give what one filters by; what the JSON lacks, or a seed beyond 64 bits, is null."""
    camera, objects, seed = about.get("camera") or {}, about.get("objects"), about.get("seed")
    return {
        "frame": about.get("frame"),
        "seed": seed if isinstance(seed, int) and -(2**63) <= seed < 2**63 else None,
        "camera": camera.get("prim"),
        "width": camera.get("width"),
        "height": camera.get("height"),
        "depth_scale": about.get("depth_scale"),
        "object_count": None if objects is None else len(objects),
        "visible_classes": None
        if objects is None
        else sorted({item["class"] for item in objects if item.get("class")}),
        "objects": None
        if objects is None
        else [{name: item.get(name) for name in COLUMNS["objects"]} for item in objects],
    }


def _open(file: BinaryIO) -> pyarrow.parquet.ParquetFile:
    import pyarrow.parquet as pq

    with _damage_is_value_error():
        table = pq.ParquetFile(file, page_checksum_verification=True)
    if MEMBERS not in (table.schema_arrow.metadata or {}):
        raise ValueError("the Parquet file has no 'replicant.members' in its metadata; it is not a shard of Replicant")
    return table


def _members(table: pyarrow.parquet.ParquetFile) -> list[str]:
    found: list[str] = json.loads(table.schema_arrow.metadata[MEMBERS])
    return found


def _leaves(table: pyarrow.parquet.ParquetFile, names: list[str]) -> list[str]:
    """Name the file's columns so that pyarrow, which splits names at dots, takes exactly these."""
    return [f"{name}.{part}" if part else name for name in names for part in (("bytes",) if _is_image(name) else ("",))]


def _samples(table: pyarrow.parquet.ParquetFile, groups: list[int], members: list[str]) -> Iterator[Sample]:
    columns = _leaves(table, [KEY, *members])
    batches = table.iter_batches(ROWS_AT_ONCE, row_groups=groups, columns=columns)
    while True:
        with _damage_is_value_error():
            batch = next(batches, None)
            rows = batch.to_pylist() if batch else []
        if batch is None:
            return
        for row in rows:
            yield Sample(row[KEY], {name: _data(row[name]) for name in members})


def _data(value: Any) -> bytes:
    data: bytes = value["bytes"] if isinstance(value, dict) else value.encode() if isinstance(value, str) else value
    return data


def _group_keys(table: pyarrow.parquet.ParquetFile) -> Iterator[list[str]]:
    for group in range(table.num_row_groups):
        with _damage_is_value_error():
            keys = table.read_row_group(group, columns=[KEY]).column(KEY).to_pylist()
        yield keys


@contextmanager
def _damage_is_value_error() -> Iterator[None]:
    """Turn what pyarrow raises for a damaged file into one kind of error; faults of the storage stay what they are."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and (type(error) is not OSError or error.errno is not None):
            raise
        raise ValueError(f"the Parquet file is cut short or damaged: {error}") from error


FORMAT = Parquet()
