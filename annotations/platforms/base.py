"""What every recruiting platform provides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from annotations.design.submissions import Submission
from annotations.errors import StudyError

PLACEHOLDERS = ("code", "id")
_PLACEHOLDER = re.compile(r"\{(code|id)\}")


@dataclass(frozen=True, slots=True)
class WayBack:
    """How a participant gets back: a link, or (with `fields`) a form that is posted to `url` at the host `origin`."""

    url: str
    origin: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class Platform:
    """A platform. Instances hold no state.

    `id_parameter` of a study's link says who comes; `details` are further parameters that are kept, `session` the one
    of them that names the submission. `return_url` is the platform's usual way back. `has_fixed_code`: it knows in
    advance which code says that someone is done. `framed_by`: hosts in whose frames its participants see the study.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    id_parameter: ClassVar[str]
    details: ClassVar[tuple[str, ...]] = ()
    session: ClassVar[str] = ""
    return_url: ClassVar[str] = ""
    has_fixed_code: ClassVar[bool] = False
    framed_by: ClassVar[tuple[str, ...]] = ()

    def is_preview(self, given: Mapping[str, str]) -> bool:
        """Tell from the parameters of a link whether someone looks at the task who has not accepted it."""
        return False

    def way_back(self, return_url: str, *, code: str, person: str, details: Mapping[str, str]) -> WayBack | None:
        """Return the way back with a code, for the `person` known by that id; None where there is none.

        `return_url` is the study's own, empty for the platform's usual one.
        """
        url = filled(return_url or self.return_url, code=code, person=person)
        return WayBack(url) if url else None

    def tells_outcome(self, return_url: str) -> bool:
        """Tell whether the way back carries the code. One that does not says that someone is done, and only that."""
        return "{code}" in (return_url or self.return_url)

    def read_submissions(self, path: Path) -> list[Submission]:
        """Return the submissions of a list as the platform exports it; raise `ImportFaultsError` naming every fault.

        Raises `StudyError` where the platform has no list that is known here.
        """
        raise StudyError(f"Lists of {self.title} cannot be read here: what their columns are called is not known.")


def filled(url: str, *, code: str, person: str) -> str:
    """Return a return_url with its placeholders filled in, quoted; empty where something that it needs is not known.

    >>> filled("https://a.example/done?cc={code}&who={id}", code="A&B", person="x/y")
    'https://a.example/done?cc=A%26B&who=x%2Fy'
    >>> filled("https://a.example/done?who={id}", code="A", person="")
    ''
    """
    values = {"code": code, "id": person}
    wanted = set(_PLACEHOLDER.findall(url))
    if not all(values[name] for name in wanted):
        return ""
    return _PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), url)
