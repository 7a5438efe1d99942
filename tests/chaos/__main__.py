"""Kill hundreds of runs at random moments, resume them, and compare what they made: `./launch.sh chaos --runs 300`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.campaign import OUTPUTS, Campaign
from tests.chaos.real import RealRuns


def main(arguments: list[str]) -> int:
    """Run a campaign; returns 1 if anything was lost, doubled, different or left behind."""
    parser = argparse.ArgumentParser(prog="./launch.sh chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="runs to kill")
    parser.add_argument("--seed", type=int, default=0, help="of the kills")
    parser.add_argument("--real", type=int, default=6, help="datasets of the real program on the embedded engine")
    parser.add_argument("--output", choices=OUTPUTS, help="only this one")
    parser.add_argument("--broken", default="", help="break a rule on purpose: unhashed, record-first or in-place")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        outputs = (options.output,) if options.output else OUTPUTS
        campaign = Campaign(Path(folder), options.seed, options.broken, outputs)
        try:
            real = RealRuns(campaign, options.seed)
            for number in range(options.real):
                real.dataset(number)
                print(campaign.tally.lines()[0], flush=True)
            tally = campaign.run(options.runs, lambda line: print(line, flush=True))
        finally:
            campaign.close()
        print("\n".join(tally.lines()), flush=True)
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
