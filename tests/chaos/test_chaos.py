"""Runs that are killed end as if they had not been; and the test of that can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import child
from tests.chaos.campaign import Campaign
from tests.chaos.child import Job
from writers.shards import claim
from writers.shards.local import LocalStorage
from writers.shards.storage import Storage


def test_a_score_of_kills(tmp_path: Path) -> None:
    """All formats, both outputs: every file of every dataset is that of a run that never died."""
    campaign = Campaign(tmp_path, seed=20)
    try:
        tally = campaign.run(20)
    finally:
        campaign.close()
    assert tally.problems == []
    assert tally.kills.total() >= 20 and len(tally.kills) == 6 and tally.samples >= 6 * child.FRAMES


@pytest.mark.parametrize("broken", [pytest.param("in-place", marks=pytest.mark.slow), "record-first"])
def test_a_broken_rule_is_noticed(tmp_path: Path, broken: str) -> None:
    """A shard written under its final name, or a record written before its shard, does not survive this."""
    campaign = Campaign(tmp_path, seed=3, broken=broken, outputs=("local",))
    for kills in range(10, 150, 10):
        if campaign.run(kills).problems:
            return
    pytest.fail(f"150 kills, and nobody noticed that the rule '{broken}' is broken")


def test_torn_attempts_are_not_believed(tmp_path: Path) -> None:
    """With the end of an attempt lost in a power cut, the hashes alone tell what may be kept."""
    problems = {}
    for broken in ("", "unhashed"):
        place = tmp_path / (broken or "kept")
        place.mkdir()
        job = Job(str(place / "out"), "webdataset", 1, str(place / "s"), str(place / "log"), broken=broken)
        _make_part(job)
        _tear(Path(job.url))
        campaign = Campaign(place / "c", seed=0, outputs=("local",))
        wanted = campaign._reference("webdataset", 1)
        assert campaign._finish(campaign._start(job)) in (child.DONE, child.WRONG)
        campaign._compare(job, wanted)
        problems[broken] = campaign.tally.problems
    assert problems[""] == [] and problems["unhashed"] != []


def test_a_rival_that_begins_meanwhile_is_no_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look for a plan and the look at the folder, another process may have written the same plan."""
    job = Job(str(tmp_path / "out"), "webdataset", 1, "", "")
    storage, plan, look = LocalStorage(tmp_path / "out"), child.plan_of(job), claim.stored_plan
    looks: list[int] = []

    def late(where: Storage) -> object:
        looks.append(1)
        if len(looks) == 1:
            where.put("plan.json", plan.to_json())
            return None
        return look(where)

    monkeypatch.setattr(claim, "stored_plan", late)
    assert claim.check(storage, plan) is True


def _make_part(job: Job) -> None:
    """Keep three samples of the first shard, and leave."""
    from writers.shards.sink import ShardSink

    storage, plan = LocalStorage(Path(job.url)), child.plan_of(job)
    sink = ShardSink(storage, plan, claim.work_folder(storage, plan), lambda: claim.claim(storage, plan))
    sink.begin(plan.shard(0))
    for frame in range(plan.start, plan.start + 3):
        for sample in child.samples_of(frame, 1):
            sink.write(sample)
    sink.abandon()


def _tear(folder: Path) -> None:
    (tar,) = folder.rglob("*.tar")
    with open(tar, "r+b") as file:
        file.seek(-2000, 2)
        file.write(bytes(2000))
