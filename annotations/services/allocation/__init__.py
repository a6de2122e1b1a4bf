"""Which trial a participant gets next: reservations with an expiry that no race can overdraw.

`Trial.taken` counts reservations held and answers given by people. It is raised by a conditional UPDATE, which takes
the row's lock and changes nothing if someone was quicker, on PostgreSQL and on SQLite alike; a check in the database
forbids more than planned. Others (simulated, pilots, previews) never touch it and balance among themselves. Checks are
planned 0 times: they are given to everyone and count nowhere.

Each design is one module with one class (see `design.py`). Lock order, here as everywhere: participants, their pages,
then trials by their key.
"""

from annotations.services.allocation.designs import take_late_room
from annotations.services.allocation.expiry import release_expired, release_now_and_then
from annotations.services.allocation.reservations import has_work, next_assignment, page_after_answer
from annotations.services.allocation.room import take_room

__all__ = [
    "has_work",
    "next_assignment",
    "page_after_answer",
    "release_expired",
    "release_now_and_then",
    "take_late_room",
    "take_room",
]
