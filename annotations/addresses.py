"""Where the pages of a study are: worked out once, for every page of a trial names several."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

# Pages of more studies than are live at once anywhere.
MOST_ADDRESSES = 1024


def address_of(page: str, slug: str) -> str:
    """Return the address of a listener's page of a study, by the name it has in `urls.py`."""
    return _address(page, slug, get_script_prefix())


@lru_cache(maxsize=MOST_ADDRESSES)
def _address(page: str, slug: str, prefix: str) -> str:
    return reverse(f"annotations:{page}", args=[slug])
