"""Make a labelled dataset from a scenario file.

Runs in Isaac Sim (script editor, headless) and on the embedded engine:
    ./launch.sh run --scenario scenes/pasture.yaml --frames 24 --seed 7 --out _out/pasture
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from replicator_scripts import arguments, folder
from replicator_scripts.progress import Progress
from scenes.errors import ScenarioError


def start_app() -> object | None:
    """Start Isaac Sim headless, unless Kit already runs (script editor); returns the app to close, if any."""
    try:
        import omni.kit.app

        if omni.kit.app.get_app() is not None:
            return None
    except ImportError:
        pass
    from isaacsim import SimulationApp

    return SimulationApp({"headless": True})


def generate(options: arguments.argparse.Namespace) -> None:
    """Build the scenario, capture its frames, write the dataset."""
    import omni.replicator.core as rep
    import omni.usd

    from replicator_scripts import dataset
    from scenes import world
    from scenes.scenario import load_scenario

    # 1. what to make, and where
    scenario = load_scenario(options.scenario, arguments.overrides(options))
    final = folder.choose(options.out, arguments.ROOT, scenario.name)
    again = arguments.command(scenario, options, final)
    with folder.OutputFolder(final, options.overwrite) as output:
        # 2. the world
        omni.usd.get_context().new_stage()
        stage = omni.usd.get_context().get_stage()
        world.build_stage(scenario, stage)
        products = world.build_cameras(scenario, stage)

        # 3. what varies, and what is written
        dataset.set_quality(scenario.quality)
        rep.orchestrator.set_capture_on_play(False)
        streams = world.build_randomizers(scenario)
        writer = dataset.make_writer(scenario, output.partial)
        writer.attach(products)

        # 4. the frames
        progress = Progress(scenario.frames, len(products))
        for done in range(scenario.frames):
            world.randomize(scenario, streams, options.start + done)
            writer.begin_frame({"index": options.start + done, "seed": scenario.seed})
            rep.orchestrator.step(rt_subframes=scenario.quality.rt_subframes)
            progress.show(done + 1)

        # 5. the index, last
        rep.orchestrator.wait_until_complete()
        writer.detach()
        dataset.finish(writer, scenario, options, output.partial, again)
    dataset.report(writer, final, again)


def main() -> int:
    """Run the script; returns the exit code."""
    options = arguments.parse(sys.argv[1:])
    app = start_app()
    try:
        generate(options)
        return 0
    except (ScenarioError, folder.OutputError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    finally:
        if app is not None:
            app.close()


if __name__ == "__main__":
    code = main()
    if code:
        sys.exit(code)
