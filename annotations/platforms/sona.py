"""SONA: participant pools of schools, each on a host of its own.

The study's URL there ends in `?survey_code=%SURVEY_CODE%`, which SONA replaces by a number for each sign-up. Credit is
granted when the participant opens the study's completion URL with that number (sona-systems.com: External Study Credit
Granting). What the columns of its downloads are called differs between schools and is not documented, so its lists are
not read.
"""

from annotations.platforms.base import Platform


class Sona(Platform):
    """A school's pool; the way back is the study's client-side completion URL, so each study names it."""

    name = "sona"
    title = "SONA"
    id_parameter = "survey_code"


PLATFORM = Sona()
