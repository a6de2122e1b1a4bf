"""How many submissions a second the server takes, beside oTree's production server in the same run.

    python bench/serve.py [--seconds 20] [--only sqlite,postgresql,otree] [--think 0]

(a) closed loop: 50 clients without think time, 21 pages each with 4 answers; aim: 10 times oTree's rate.
(b) 1,000 participants who think 10 s; aim: p95 below 100 ms and no errors.
A submission is one answered page with the load of the next one. Audio and static files are fetched of neither system.
The load client shares the machine. Everything is on loopback and ends by itself.
"""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving import otree, ours
from bench.serving.figures import busy_cores, quantile_ms, watch_of
from bench.serving.listener import Listener
from bench.serving.load import Load, closed_loop, thinking
from bench.serving.queries import count_queries
from bench.serving.study import SLUG

CLIENTS = 50
PARTICIPANTS = 1000
THINK_S = 10.0
ARRIVE_S = 60.0
WARM_S = 8.0


def measure_ours(folder: Path, database: str, args: argparse.Namespace) -> dict[str, Load]:
    """Measure this project's server on a database; print a row for each load, return both."""
    loads: dict[str, Load] = {}
    with ours.served(folder, database) as server:
        watch = watch_of({"server": server.web, "database": server.database})

        def make() -> Listener:
            return Listener(server.port, SLUG)

        if args.closed:
            loads["closed"] = asyncio.run(closed_loop(make, watch, clients=CLIENTS, warm_s=WARM_S, run_s=args.seconds))
            show(f"closed loop, {database}", loads["closed"])
        if args.think:
            loads["think"] = asyncio.run(
                thinking(make, watch, participants=PARTICIPANTS, think_s=THINK_S, arrive_s=ARRIVE_S, run_s=args.think)
            )
            show(f"thinking, {database}", loads["think"])
        least, most = count_queries(server.site)
        where = "the least where the process has shown that trial before"
        print(f"{'':28}statements: {least} to {most} for an answer with the next page, {where}", flush=True)
    return loads


def measure_otree(folder: Path, seconds: float) -> Load | None:
    """Measure oTree in a closed loop; say so if it cannot be installed."""
    try:
        programs = otree.install(folder / "environment")
    except otree.NotInstalledError as error:
        print(f"oTree could not be installed, so there is no ratio. {error}")
        return None
    with otree.served(programs, folder / "project", participants=CLIENTS * 6) as server:
        codes = iter(server.codes)
        watch = watch_of({"server": server.web})
        load = asyncio.run(
            closed_loop(
                lambda: otree.Player(server.port, next(codes)), watch, clients=CLIENTS, warm_s=WARM_S, run_s=seconds
            )
        )
    show(f"closed loop, oTree {server.version}", load)
    return load


def show(name: str, load: Load) -> None:
    """Print a row."""
    n, seconds = max(len(load.times), 1), load.seconds
    cpu = ", ".join(f"{who} {1000 * used / n:.1f}" for who, used in load.watched.items())
    print(
        f"{name:28}{len(load.times) / seconds:>12.1f}{quantile_ms(load.times, 0.5):>9.0f}"
        f"{quantile_ms(load.times, 0.95):>9.0f}{len(load.errors):>8}   {cpu}",
        flush=True,
    )
    for error in load.errors[:3]:
        print(f"    {error}")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each closed loop")
    parser.add_argument("--think", type=float, default=40.0, help="seconds of the load that thinks; 0: without it")
    parser.add_argument("--no-closed", dest="closed", action="store_false", help="without the closed loop of ours")
    parser.add_argument("--only", default="sqlite,postgresql,otree", help="what to measure")
    return parser.parse_args()


def main() -> None:
    """Measure everything in turn and print the table."""
    args = arguments()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * PARTICIPANTS)), hard))
    print(f"{os.cpu_count()} cores, load client included; before the run others kept {busy_cores():.1f} of them busy")
    print(f"{'':28}{'submitted/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'errors':>8}   CPU ms for a submission")
    rates: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bcstudy-bench-") as temporary:
        for database in ("SQLite", "PostgreSQL"):
            if database.lower() in args.only:
                loads = measure_ours(Path(temporary) / database, database, args)
                if "closed" in loads:
                    rates[database] = len(loads["closed"].times) / loads["closed"].seconds
        theirs = measure_otree(Path(temporary) / "otree", args.seconds) if "otree" in args.only else None
    if theirs:
        for database, rate in rates.items():
            print(f"{database}: {rate / (len(theirs.times) / theirs.seconds):.1f} times oTree's submissions a second")


if __name__ == "__main__":
    main()
