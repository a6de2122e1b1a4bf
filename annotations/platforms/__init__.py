"""Recruiting platforms: each module of this package is one, and offers it as `PLATFORM`.

A platform says how its links name who comes, what its way back is, and how its list of submissions reads. A new one is
a new module here, its name in `study_file.parts.Recruitment`, and its test.
"""

from functools import cache
from importlib import import_module

from annotations.platforms.base import Platform, WayBack

__all__ = ["Platform", "WayBack", "platform_called"]


@cache
def platform_called(name: str) -> Platform:
    """Return the platform that study files call so."""
    platform: Platform = import_module(f"{__name__}.{name}").PLATFORM
    return platform
