"""Make a labelled dataset from a scenario file.

Runs in Isaac Sim (script editor, headless) and on the embedded engine:
    ./launch.sh run --scenario scenes/pasture.yaml --frames 12 --seed 7 --out _out/pasture
In the script editor there is no command line; set EDITOR_ARGUMENTS instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from replicator_scripts import application, arguments, folder
from replicator_scripts.progress import Progress

EDITOR_ARGUMENTS: list[str] = []  # e.g. ["--scenario", "tabletop", "--frames", "4"]


async def generate(options: arguments.Options) -> None:
    """Build the scenario, capture its frames, write the dataset."""
    import omni.replicator.core as rep

    from replicator_scripts import dataset
    from scenes import world
    from scenes.scenario import load_scenario

    # 1. what to make, and where
    scenario = load_scenario(options.scenario, arguments.overrides(options))
    final = folder.choose(options.out, arguments.ROOT, scenario.name)
    dataset.announce(scenario)
    with folder.OutputFolder(final, options.overwrite) as output:
        # 2. the world
        stage = await world.build_stage(scenario)
        products = world.build_cameras(scenario, stage)

        # 3. what varies, and what is written
        rep.orchestrator.set_capture_on_play(False)
        dataset.set_quality(scenario.quality)
        streams = world.build_randomizers(scenario)
        with dataset.writing(scenario, output.partial, products) as writer:
            # 4. the frames
            progress = Progress(scenario.frames, len(products))
            for done in range(-dataset.lead_in(scenario, options.start), scenario.frames):
                frame = options.start + done
                world.randomize(scenario, streams, frame)
                if done >= 0:
                    writer.begin_frame({"frame": frame, "seed": scenario.seed}, lambda: world.noted(streams))
                    writer.schedule_write()
                await dataset.capture(frame, scenario)
                progress.show(done + 1)

            # 5. the index, last
            await dataset.finish(writer, scenario, options, output.partial)
    dataset.report(writer, final, arguments.command(scenario, options, final))


if __name__ == "__main__":
    if application.kit_runs():
        application.schedule(generate, EDITOR_ARGUMENTS)
    else:
        from isaacsim import SimulationApp

        application.run(generate, SimulationApp)
