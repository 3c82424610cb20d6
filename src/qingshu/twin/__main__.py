"""``python -m qingshu.twin``: the simulated city as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from qingshu.twin.engine import Doors, run


def main() -> None:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m qingshu.twin", description=__doc__)
    parser.add_argument("--world", type=Path, required=True, help="folder with world.toml")
    parser.add_argument("--base", default="http://127.0.0.1:8017", help="the product's HTTP door")
    parser.add_argument("--mqtt", default="mqtt://127.0.0.1:18831", help="the broker")
    parser.add_argument("--jt808", default="127.0.0.1:18808", help="the JT/T 808 door")
    parser.add_argument("--seed", type=int, default=None, help="another city than world.toml's")
    parser.add_argument(
        "--crews", default="all", help="how many crews are simulated: all, none or a number"
    )
    parser.add_argument("--autopilot", action="store_true", help="play the dispatcher too")
    args = parser.parse_args()
    crews = {"all": 10_000, "none": 0}.get(args.crews)
    doors = Doors(
        base=args.base,
        mqtt=args.mqtt,
        jt808=args.jt808,
        crews=int(args.crews) if crews is None else crews,
        autopilot=args.autopilot,
    )
    asyncio.run(run(args.world, doors, args.seed))


if __name__ == "__main__":
    main()
