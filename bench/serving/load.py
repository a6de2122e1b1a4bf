"""Two loads: a closed loop of clients that never think, and many participants who think between their answers."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from bench.serving.figures import Watch, Watched

# A run with more errors than this shows nothing but that something is broken.
MOST_ERRORS = 50


class Visitor(Protocol):
    """Somebody who answers pages, on either system."""

    @property
    def is_done(self) -> bool:
        """Whether there is no page to answer any more."""

    async def arrive(self) -> None:
        """Come to the first page."""

    async def submit(self) -> None:
        """Answer a page and load the next."""

    def leave(self) -> None:
        """Close the browser."""


@dataclass(slots=True)
class Load:
    """What a load measured: seconds per submission (with the load of the next page), errors, and who used the CPU."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    watched: Watched = field(default_factory=dict)


async def closed_loop(make: Callable[[], Visitor], watch: Watch, *, clients: int, warm_s: float, run_s: float) -> Load:
    """Let `clients` answer without a pause, one participant after another, for `run_s` seconds after a warm-up."""
    load = Load()
    begins = time.perf_counter() + warm_s
    ends = begins + run_s

    async def client() -> None:
        while time.perf_counter() < ends:
            await _visit(make(), load, begins=begins, ends=ends, think=None)

    await _measured(load, watch, [client() for _ in range(clients)], begins, ends)
    return load


async def thinking(
    make: Callable[[], Visitor], watch: Watch, *, participants: int, think_s: float, arrive_s: float, run_s: float
) -> Load:
    """Let `participants` answer, each after 0.5 to 1.5 times `think_s` seconds; measure once all have arrived.

    They arrive one after another within `arrive_s` seconds.
    """
    load = Load()
    rng = random.Random(1)
    began = time.perf_counter()
    begins = began + arrive_s + think_s
    ends = begins + run_s

    async def participant(arrives: float) -> None:
        await asyncio.sleep(arrives)
        while time.perf_counter() < ends:
            await _visit(make(), load, begins=begins, ends=ends, think=lambda: _think(rng, think_s))

    arrivals = [arrive_s * at / participants for at in range(participants)]
    await _measured(load, watch, [participant(at) for at in arrivals], begins, ends)
    return load


async def _think(rng: random.Random, think_s: float) -> None:
    await asyncio.sleep(think_s * rng.uniform(0.5, 1.5))


async def _visit(
    visitor: Visitor, load: Load, *, begins: float, ends: float, think: Callable[[], Awaitable[None]] | None
) -> None:
    """Take part from arrival to the last page, or until time is up."""
    try:
        await visitor.arrive()
        while not visitor.is_done:
            if think:
                await think()
            sent = time.perf_counter()
            if sent >= ends:
                return
            await visitor.submit()
            done = time.perf_counter()
            if begins <= done < ends:
                load.times.append(done - sent)
    except Exception as error:
        load.errors.append(f"{type(error).__name__}: {error}"[:600])
        if len(load.errors) >= MOST_ERRORS:
            raise
    finally:
        visitor.leave()


async def _measured(load: Load, watch: Watch, work: list[Awaitable[None]], begins: float, ends: float) -> None:
    """Run it all and look at the processes at the beginning and the end of what is measured."""
    tasks = [asyncio.ensure_future(each) for each in work]
    await asyncio.sleep(max(0.0, begins - time.perf_counter()))
    before, at = watch(), time.perf_counter()
    await asyncio.sleep(max(0.0, ends - time.perf_counter()))
    after = watch()
    load.seconds = time.perf_counter() - at
    load.watched = {name: after[name] - before[name] for name in after}
    await asyncio.gather(*tasks)
