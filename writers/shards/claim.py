"""Whose output it is: a dataset belongs to one plan, written before its first sample."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from writers.shards.local import WORK
from writers.shards.plan import PLAN, Plan
from writers.shards.record import RECORDS, SHARDS
from writers.shards.storage import Storage

MANIFEST = "manifest.json"
_SHOWN = 12  # differences


class OutputError(ValueError):
    """The output cannot be used as it is."""


def stored_plan(storage: Storage) -> Plan | None:
    """Return the plan of the dataset that is there, or None.

    Raises:
        OutputError: if there is a plan that cannot be read.
    """
    try:
        return Plan.from_json(storage.read(PLAN))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise OutputError(f"output '{storage.url}': {error}") from error


def is_complete(storage: Storage) -> bool:
    """Tell whether a dataset is whole: its manifest is its last file."""
    return storage.exists(MANIFEST)


def check(storage: Storage, plan: Plan, overwrite: bool = False) -> bool:
    """See whether an output is free or this plan's own, without changing it.

    Args:
        storage: the output.
        plan: what is to be made there.
        overwrite: another dataset may be there, and will be replaced.

    Returns:
        True if this plan's dataset is there already, whole or in part.

    Raises:
        OutputError: if something else is there.
    """
    theirs = stored_plan(storage)
    if theirs is not None and theirs.hash == plan.hash:
        return True
    if theirs is not None and not overwrite:
        changed = theirs.differences(plan)
        more = [f"... and {len(changed) - _SHOWN} more"] if len(changed) > _SHOWN else []
        lines = "".join(f"\n  {line}" for line in [*changed[:_SHOWN], *more])
        raise OutputError(
            f"output '{storage.url}' holds a dataset of another plan; choose another --out, or replace it with "
            f"--overwrite. What differs:{lines}"
        )
    if theirs is None:
        whole, used = storage.exists(MANIFEST), _is_used(storage)
        if (whole or used) and stored_plan(storage) is not None:  # another process has begun: a plan is the first file
            return check(storage, plan, overwrite)
        _refuse_a_stranger(storage, whole, used, overwrite)
    return False


def _refuse_a_stranger(storage: Storage, whole: bool, used: bool, overwrite: bool) -> None:
    if used and not whole:
        advice = "so --overwrite leaves it" if overwrite else "choose another --out"
        raise OutputError(f"output '{storage.url}' is not a dataset (it has no {PLAN}); {advice}")
    if whole and not overwrite:
        raise OutputError(
            f"output '{storage.url}' holds a dataset without a {PLAN}, which cannot be resumed; choose another --out, "
            "or replace it with --overwrite"
        )


def claim(storage: Storage, plan: Plan, overwrite: bool = False) -> Plan:
    """Make an output this plan's own; call before anything else is written there.

    Returns:
        The plan as it is stored: the first one counts, and only its command may differ.

    Raises:
        OutputError: if it belongs to something else.
    """
    if not check(storage, plan, overwrite):
        if overwrite:
            clear(storage)
        storage.put(PLAN, plan.to_json(), exclusive=True)
        check(storage, plan)
    stored = stored_plan(storage)
    return plan if stored is None else stored


def clear(storage: Storage) -> None:
    """Remove a dataset: what makes it whole first, its plan last; killed at any moment, no half looks whole."""
    storage.delete(MANIFEST)
    names = [name for name in storage.list() if name != PLAN and not name.startswith(".")]
    for name in sorted(names, key=lambda name: (not name.startswith(RECORDS), not name.startswith(SHARDS))):
        storage.delete(name)
    clear_work(storage)
    storage.delete(PLAN)


def clear_work(storage: Storage) -> None:
    """Remove the attempts beside a local dataset; who still writes one notices when it wants to publish."""
    if storage.local is not None:
        shutil.rmtree(storage.local / WORK, ignore_errors=True)


def work_folder(storage: Storage, plan: Plan, scratch: Path | None = None) -> Path:
    """Return where this machine keeps its attempts at a plan: beside a local dataset, else in a scratch folder.

    The name depends on the place and the plan alone, so that a rerun on the same machine finds them, and attempts at
    another plan are never taken for one's own.

    Args:
        storage: the output.
        plan: of the run.
        scratch: folder for the attempts at remote datasets; the system's temporary one if not given.
    """
    if storage.local is not None:
        return storage.local / WORK / plan.hash[:16]
    name = hashlib.sha256(f"{storage.url}\n{plan.hash}".encode()).hexdigest()[:16]
    return (scratch or Path(tempfile.gettempdir())) / f"replicant-{name}"


def _is_used(storage: Storage) -> bool:
    """Tell whether a local folder has anything in it but hidden files (attempts, a job's papers)."""
    if storage.local is None:
        return False
    try:
        return any(not path.name.startswith(".") for path in storage.local.iterdir())
    except FileNotFoundError:  # also one that another process has just removed, as it was empty
        return False
    except NotADirectoryError:  # a file; one above is what `probe` finds
        return storage.local.exists()
