"""What an import would change of stimuli that are there: nothing may, for trials and embeddings rest on them."""

from collections.abc import Iterable, Mapping

from corpus.errors import Fault
from corpus.importers.clips import CheckedClip
from corpus.queries.described import Described


def changes(file: str, there: Mapping[str, Described], clips: Iterable[CheckedClip]) -> list[Fault]:
    """Return a fault for each stimulus of a file that is `there` already and is not what the file says."""
    faults = []
    for clip in clips:
        before = there.get(clip.row.stimulus)
        if before is None:
            continue
        now = _described(clip)
        changed = [name for name in Described._fields if getattr(before, name) != getattr(now, name)]
        for name in changed:
            column = "path" if name == "sha256" else "" if name == "attributes" else name
            faults.append(Fault(file, clip.row.line, column, *_change(clip.row.stimulus, name, before, now)))
    return faults


def _change(key: str, name: str, before: Described, now: Described) -> tuple[str, str]:
    mend = "Give the new one another id, or import into a new corpus"
    if name == "sha256":
        return f"{key!r} was imported with another sound", mend
    was, is_now = getattr(before, name), getattr(now, name)
    if name == "attributes":
        was, is_now = ({k: side.get(k, "") for k in was.keys() | is_now.keys()} for side in (was, is_now))
        differing = sorted(k for k in was if was[k] != is_now[k])
        return f"{key!r} was imported with other values of {', '.join(differing)}", mend
    return f"{key!r} was imported with {'' if was is None else was!r}, not {'' if is_now is None else is_now!r}", mend


def _described(clip: CheckedClip) -> Described:
    row = clip.row
    return Described(
        stimulus=row.stimulus,
        role=row.role,
        token=row.token,
        speaker=row.speaker,
        dialogue=row.dialogue,
        channel=row.channel,
        start=row.start,
        end=row.end,
        transcript=row.transcript,
        attributes=row.attributes,
        sha256=clip.sha256,
    )
