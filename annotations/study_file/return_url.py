"""Whether a `recruitment.return_url` can be filled in, and leads where it says, whoever comes with whatever id."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from annotations.platforms.base import PLACEHOLDERS
from annotations.study_file.source import YamlSource
from corpus.errors import Fault

PATH = ("recruitment", "return_url")
KNOWN = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def return_url_faults(source: YamlSource) -> Iterator[Fault]:
    """Yield placeholders that are not known, and those that would let an id choose the host."""
    recruitment = source.data.get("recruitment")
    url = recruitment.get("return_url") if isinstance(recruitment, dict) else None
    if not isinstance(url, str) or not url.startswith("https://"):
        return
    for name in re.findall(r"\{([^{}]*)\}", url):
        if name not in PLACEHOLDERS:
            yield source.fault(PATH, f"there is no placeholder {{{name}}}", f"Use {KNOWN}, or write it out")
    mend = f"Write placeholders as {KNOWN}"
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", url)):
        yield source.fault(PATH, "a curly bracket is left over", mend)
    host = re.split(r"[/?#]", url.removeprefix("https://"))[0]
    if "{" in host or "@" in host or not urlsplit(url).hostname:
        mend = "Write the host out, such as https://school.sona-systems.com/…"
        yield source.fault(PATH, f"{host or 'nothing'} is no host that everybody can be sent to", mend)
