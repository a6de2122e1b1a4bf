"""Whether a command is one of several processes that accelerate, torchrun or mpirun launched, and which."""

import os
import signal
from dataclasses import dataclass

from modeling.errors import RunError
from modeling.management.here import SIGNALS

RANKS = ("RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK")
SIZES = ("WORLD_SIZE", "PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")


@dataclass(frozen=True, slots=True)
class Launched:
    """Process `number` (the first is 0) `of` so many."""

    number: int
    of: int


def launched() -> Launched:
    """Return which process this is; raise `RunError` where several were asked for and one was started."""
    found = Launched(_first_of(RANKS, 0), _first_of(SIZES, 1))
    if found.of == 1 and {"ACCELERATE_USE_CPU", "MASTER_ADDR"} <= os.environ.keys():
        raise RunError(
            "accelerate launch has started one process, not several: without a GPU it does that only with --multi_gpu "
            "(in spite of the name), or through MPI. Write: accelerate launch --multi_gpu --num_processes N manage.py …"
        )
    return found


def leave_signals_to_the_first() -> None:
    """Ignore what asks to end: the first process saves a checkpoint, and all of them end together."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _first_of(names: tuple[str, ...], otherwise: int) -> int:
    return next((int(os.environ[name]) for name in names if os.environ.get(name, "").isdecimal()), otherwise)
