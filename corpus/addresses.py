"""Addresses that are worked out once: every page of a trial names several."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

# Sounds of some studies, and pages of more than are live at once anywhere.
MOST_ADDRESSES = 4096


def address_of(view: str, argument: str) -> str:
    """Return the address of a view that takes one argument, by the name it has in `urls.py`."""
    return _address(view, argument, get_script_prefix())


@lru_cache(maxsize=MOST_ADDRESSES)
def _address(view: str, argument: str, prefix: str) -> str:
    return reverse(view, args=[argument])
