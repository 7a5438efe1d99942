"""Kill runs until there were enough kills; resume each to its end; compare it with a run that never died."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from tests.chaos import child, faults
from tests.chaos.child import Job
from tests.storage.faulty_proxy import FaultyProxy
from tests.storage.object_store import BUCKET, ObjectStore

FORMATS, OUTPUTS = ("webdataset", "parquet", "mds"), ("local", "s3")
OPTIONS = {"part": 30_000, "tries": 12, "first_pause": 0.02, "longest_pause": 0.3, "total": 60.0}
PRELOADED = [
    "tests.chaos.child",
    "s3fs",
    "aiobotocore.session",
    "pyarrow.parquet",
    "writers.finish",
    "writers.preview",
    "pandas",
]
PATIENCE = 120.0  # seconds after which a process counts as hanging


@dataclass
class Tally:
    """What happened.

    Attributes:
        kills: by "format output", whatever the signal.
        signals: kills by their kind.
        datasets: finished and compared, by "format output".
        samples: compared.
        problems: what must not happen, one line each.
    """

    kills: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    datasets: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    samples: int = 0
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say it in a few lines."""
        kinds = sorted(self.datasets | self.kills)
        rows = [f"  {kind:20} {self.kills[kind]:4} kills  {self.datasets[kind]:4} datasets" for kind in kinds]
        return [
            f"{self.kills.total()} runs killed, {self.datasets.total()} datasets resumed to their end, "
            f"{self.samples} samples compared: {len(self.problems)} problems",
            *rows,
            "  by " + ", ".join(f"{name}: {count}" for name, count in sorted(self.signals.items())),
            "  also " + ", ".join(f"{name}: {count}" for name, count in sorted(self.others.items())),
            *(f"  PROBLEM {line}" for line in self.problems),
        ]


class Campaign:
    """Datasets one after another, each killed several times.

    Args:
        folder: scratch.
        seed: of everything random in here; the moments of death also depend on the machine.
        broken: a rule to break on purpose, see `faults`.
        outputs: of `OUTPUTS`.
    """

    def __init__(self, folder: Path, seed: int, broken: str = "", outputs: tuple[str, ...] = OUTPUTS) -> None:
        self.folder, self.random, self.broken, self.outputs = folder, Random(seed), broken, outputs
        self.tally = Tally()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._references: dict[tuple[str, int], dict[str, bytes]] = {}
        self._usual: dict[str, float] = {}  # seconds after which about half of the processes of an output are done
        self._store = ObjectStore() if "s3" in outputs else None
        self._proxy = FaultyProxy(self._store.host, self._store.port) if self._store else None
        self._number = 0

    def run(self, kills: int, report: Callable[[str], None] = lambda line: None) -> Tally:
        """Go on until so many runs were killed, of each format and output one at least, the least killed first."""
        kinds = [f"{form} {output}" for form in FORMATS for output in self.outputs]
        while self.tally.kills.total() < kills or not all(self.tally.kills[kind] for kind in kinds):
            least = min(kinds, key=lambda kind: (self.tally.kills[kind], self.tally.datasets[kind]))
            form, output = least.split()
            share = -(-kills // len(kinds))  # so that few kills, too, befall every kind
            self._dataset(form, output, min(share, max(1, kills - self.tally.kills.total())))
            report(self.tally.lines()[0])
        return self.tally

    @property
    def store(self) -> ObjectStore:
        """The S3 server of this campaign."""
        assert self._store is not None
        return self._store

    def environment(self) -> dict[str, str]:
        """Return what a process needs to use the store, through the proxy, which behaves now."""
        assert self._proxy is not None
        self._proxy.chance = None
        return self.store.environment(self._proxy.url)

    def close(self) -> None:
        """End the servers."""
        if self._proxy is not None:
            self._proxy.close()
        if self._store is not None:
            self._store.close()

    def _dataset(self, form: str, output: str, most: int) -> None:
        """Make one dataset through several deaths, and compare it."""
        self._number += 1
        views = 1 + self._number % 2
        wanted = self._reference(form, views)
        job, kind = self._job(form, output, views), f"{form} {output}"
        for _ in range(min(most, self.random.randint(4, 14))):
            if self._killed(job, kind) == child.DONE:
                break
        self._quiet()
        code = self._finish(self._start(job))
        if code != child.DONE:
            self._problem(job, f"the last run ended with {code}")
            return
        self._compare(job, wanted)
        self.tally.datasets[kind] += 1
        self._remove(job)

    def _killed(self, job: Job, kind: str) -> int:
        """Start one or two processes and kill them; returns an exit code, DONE if one came to its end."""
        seconds = self._usual.setdefault(kind.split()[1], 1.0)
        self._trouble(job)
        two = self.random.random() < 0.25
        self.tally.others["two at once"] += two
        processes = [self._start(self._doomed(job)) for _ in range(1 + two)]
        codes = []
        for process in processes:
            wait = self.random.uniform(0, seconds)
            process.join(wait)
            self._usual[kind.split()[1]] *= 1.15 if process.is_alive() else 0.85  # about half of them get so far
            if process.is_alive():
                number = signal.SIGTERM if self.random.random() < 0.3 else signal.SIGKILL
                os.kill(int(process.pid or 0), number)
                code = self._finish(process)
                if code not in (child.DONE, child.CANNOT_WRITE):
                    self._count(kind, number.name)
            else:
                code = self._finish(process)
                if code == -signal.SIGKILL:
                    self._count(kind, "SIGKILL around a change")
            codes.append(code)
            self._judge(job, code)
        if job.url.startswith("/") or not two:
            self.tally.others["power cuts"] += self.random.random() < 0.4 and self._cut(job)
        return child.DONE if child.DONE in codes else codes[0]

    def _doomed(self, job: Job) -> Job:
        """Choose how a process is to die, beyond the signal that comes from outside."""
        kind = self.random.random()
        if kind < 0.45:
            return replace(job, kill_at=self.random.randint(1, 35))
        if kind < 0.53:
            self.tally.others["full disks"] += 1
            return replace(job, file_limit=self.random.randint(3_000, 60_000))
        return job

    def _judge(self, job: Job, code: int) -> None:
        faulty = self._proxy is not None and self._proxy.chance is not None
        fine = {child.DONE, child.AGAIN, -signal.SIGKILL, -signal.SIGTERM, child.CANNOT_WRITE}
        if code not in fine:
            self._problem(job, f"a run ended with {code}")
        if code == child.CANNOT_WRITE:
            self.tally.others["store gave up" if faulty else "disk full"] += 1

    def _reference(self, form: str, views: int) -> dict[str, bytes]:
        """Return the files of a dataset that was never killed, made on a local disk."""
        if (form, views) not in self._references:
            job = replace(self._job(form, "local", views), broken="")
            code = self._finish(self._start(job))
            if code != child.DONE:
                raise RuntimeError(f"the run that is never killed ended with {code}: {Path(job.log).read_text()}")
            files = dict(_files(Path(job.url)))
            self._check_keys(job)
            self._references[form, views] = files
            self._remove(job)
        return self._references[form, views]

    def _check_keys(self, job: Job) -> None:
        """See that the reference itself has every sample once, in order, as it was made."""
        from writers.reader import open_dataset

        plan = child.plan_of(job)
        made = [s for f in range(plan.start, plan.start + plan.frames) for s in child.samples_of(f, job.views)]
        if list(open_dataset(job.url).samples()) != made:
            self._problem(job, "the run that is never killed does not hold what was made")

    def _job(self, form: str, output: str, views: int) -> Job:
        place = self.folder / f"{self._number:04d}-{form}-{output}-{len(self._references)}"
        place.mkdir(parents=True)
        common = {"scratch": str(place / "scratch"), "log": str(place / "log"), "broken": self.broken}
        if output == "local":
            return Job(str(place / "out"), form, views, **common)
        assert self._store is not None and self._proxy is not None
        url = f"s3://{BUCKET}/{place.name}"
        return Job(url, form, views, options=OPTIONS, environment=self._store.environment(self._proxy.url), **common)

    def _compare(self, job: Job, wanted: dict[str, bytes]) -> None:
        """Compare file by file: nothing lost, nothing twice, nothing else, nothing left."""
        prefix = job.url.removeprefix(f"s3://{BUCKET}/")
        if job.url.startswith("s3://"):
            assert self._store is not None
            found = {key.removeprefix(f"{prefix}/"): data for key, data in self._store.objects(f"{prefix}/").items()}
            if left := self._store.unfinished(f"{prefix}/"):
                self._problem(job, f"unfinished uploads: {left}")
        else:
            found = dict(_files(Path(job.url)))
        if missing := sorted(set(wanted) - set(found)):
            self._problem(job, f"lacks {missing}")
        if more := sorted(set(found) - set(wanted)):
            self._problem(job, f"has files too many: {more}")
        if other := sorted(name for name in set(found) & set(wanted) if found[name] != wanted[name]):
            self._problem(job, f"has other bytes in {other}")
        if child.exists(job.scratch):
            self._problem(job, "attempts are left in the scratch folder")
        self.tally.samples += child.FRAMES * job.views

    def _trouble(self, job: Job) -> None:
        """Make the store misbehave, or not."""
        if self._proxy is not None:
            bad = job.url.startswith("s3://") and self.random.random() < 0.35
            self._proxy.chance = (Random(self.random.random()), 0.08) if bad else None
            self.tally.others["bad stores"] += bad

    def _quiet(self) -> None:
        if self._proxy is not None:
            self._proxy.chance = None

    def _cut(self, job: Job) -> bool:
        folder = Path(job.url) / ".work" if job.url.startswith("/") else Path(job.scratch)
        return faults.cut_power(folder, self.random)

    def _start(self, job: Job) -> ForkServerProcess:
        process = self._context.Process(target=child.run, args=(job,))
        process.start()
        return process

    def _finish(self, process: ForkServerProcess) -> int:
        process.join(PATIENCE)
        if process.is_alive():
            self.tally.problems.append(f"process {process.pid} hangs")
            process.kill()
            process.join()
        return int(process.exitcode or 0)

    def _count(self, kind: str, how: str) -> None:
        self.tally.kills[kind] += 1
        self.tally.signals[how] += 1

    def _problem(self, job: Job, text: str) -> None:
        log = Path(job.log)
        last = log.read_text().strip().splitlines()[-1:] if log.exists() else []
        self.tally.problems.append(f"{job.url} ({job.views} views): {text} {' '.join(last)[:300]}")

    def _remove(self, job: Job) -> None:
        if not self.tally.problems:
            shutil.rmtree(Path(job.log).parent)
            if self._store is not None and job.url.startswith("s3://"):
                self._store.remove(job.url.removeprefix(f"s3://{BUCKET}/") + "/")


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
