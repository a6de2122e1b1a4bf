"""Plain links, with an invitation's token where `manage.py invite` made them."""

from annotations.platforms.base import Platform


class Link(Platform):
    """No platform: whoever has the link may come, or whoever was invited."""

    name = "link"
    title = "a plain link"
    id_parameter = "participant"


PLATFORM = Link()
