"""Make a labelled dataset from a scenario file.

Runs in Isaac Sim (script editor, headless) and on the embedded engine:
    ./launch.sh run --scenario scenes/pasture.yaml --frames 12 --seed 7 --out _out/pasture
In the script editor there is no command line; set EDITOR_ARGUMENTS instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from replicator_scripts import stopping

if __name__ == "__main__":
    stopping.end_at_once()

from replicator_scripts import application, arguments

EDITOR_ARGUMENTS: list[str] = []  # e.g. ["--scenario", "tabletop", "--frames", "4"]


async def generate(options: arguments.Options) -> None:
    """Build the scenario, capture its frames, write the dataset."""
    import omni.kit.app
    import omni.replicator.core as rep

    from replicator_scripts import dataset, jobs
    from replicator_scripts.frames import FrameMaker
    from replicator_scripts.output import Output, choose
    from replicator_scripts.plans import make_plan
    from scenes import world
    from scenes.scenario import load_scenario

    # 1. what to make, and where; shards that are there are not made again
    scenario = load_scenario(options.scenario, arguments.overrides(options))
    plan = make_plan(scenario, options)
    output = Output(plan, choose(options.out, arguments.ROOT, scenario.name, plan), options)
    work = jobs.begin(output, options)
    if work.orders is not None:
        # 2. the world
        dataset.announce(scenario)
        stage = await world.build_stage(scenario)
        products = world.build_cameras(scenario, stage)

        # 3. what varies, and what is written
        rep.orchestrator.set_capture_on_play(False)
        dataset.set_quality(scenario.quality, scenario.infrared.samples)
        streams = world.build_randomizers(scenario)
        await omni.kit.app.get_app().next_update_async()  # an event sent before the graph has run once is lost
        work.built()
        with output.publishing(work.tell) as sink, dataset.writing(scenario, sink.write, products) as writer:
            # 4. the frames, shard by shard
            frames = FrameMaker(scenario, streams, writer, sink, work.tell)
            for order in work.orders:
                await frames.make(order)

    # 5. the index, last, once all shards are there
    work.finish()
    if not options.worker:
        dataset.report(output, scenario, options)


if __name__ == "__main__":
    if application.kit_runs():
        application.schedule(generate, EDITOR_ARGUMENTS)
    else:
        from isaacsim import SimulationApp

        application.run(generate, SimulationApp)
