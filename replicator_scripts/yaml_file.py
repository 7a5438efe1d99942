"""Run a Replicator YAML file in Isaac Sim: what `./launch.sh script FILE.yaml` does there.

The embedded engine takes such a file by itself (`python -m engine FILE.yaml`).
"""

from __future__ import annotations

import sys


def main(words: list[str]) -> None:
    """Start the application, build what the file says, run its triggers to their end and leave.

    Args:
        words: the file, then arguments of Kit.
    """
    from isaacsim import SimulationApp

    app = SimulationApp({"headless": True})
    from isaacsim.core.utils.extensions import enable_extension

    enable_extension("omni.replicator.replicator_yaml")
    app.update()
    import omni.kit.stage_templates
    import omni.replicator.core as rep
    from omni.replicator.replicator_yaml import parse

    omni.kit.stage_templates.new_stage(template="sunlight")  # as in the script editor
    app.update()
    parse(words[0])
    rep.orchestrator.run_until_complete()
    app.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("yaml_file.py: give a Replicator YAML file")
    main(sys.argv[1:])
