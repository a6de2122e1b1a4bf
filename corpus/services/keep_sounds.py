"""Keep sounds in the media folder and make of each what browsers get."""

from collections.abc import Iterable

from corpus.audio import AudioFacts, ServedClip, transcode
from corpus.errors import Fault, ImportFaultsError
from corpus.importers.clips import CheckedClip, Progress
from corpus.models import AudioFile, ServedAudio
from corpus.storage import keep, original_path, served_path

Kept = tuple[AudioFacts, int | None, ServedClip]


def keep_sounds(file: str, clips: Iterable[CheckedClip], target: float, progress: Progress) -> list[Kept]:
    """Write the originals and the served files of `clips` at `target` LUFS; return what rows are to say of them.

    Raises:
        ImportFaultsError: a sound is no longer what was checked.

    """
    fresh = {(clip.sha256, served_channel(clip)): clip for clip in clips if clip.facts}
    kept: list[Kept] = []
    for done, ((_, channel), clip) in enumerate(fresh.items(), start=1):
        kept.append(_keep(file, clip, channel, target))
        progress(done, len(fresh))
    return kept


def served_channel(clip: CheckedClip) -> int | None:
    """Return the channel to be served of a clip that was checked just now; of a mono file, all of it."""
    return None if clip.facts and clip.facts.channels == 1 else clip.row.channel


def store_sounds(kept: Iterable[Kept], target: float) -> None:
    """Store rows for the sounds, inside the caller's transaction; what another import stored meanwhile stays."""
    kept = list(kept)
    audio = {facts.sha256: audio_row(facts) for facts, _, _ in kept}
    AudioFile.objects.bulk_create(audio.values(), ignore_conflicts=True, batch_size=500)
    stored = AudioFile.objects.in_bulk(list(audio), field_name="sha256")
    served = [_served_row(stored[facts.sha256], channel, clip, target) for facts, channel, clip in kept]
    ServedAudio.objects.bulk_create(served, ignore_conflicts=True, batch_size=500)


def _keep(file: str, clip: CheckedClip, channel: int | None, target: float) -> Kept:
    facts = clip.facts
    assert facts is not None
    try:
        original = keep(original_path(facts.sha256, facts.format), clip.row.file.read_bytes(), facts.sha256)
    except (OSError, ValueError) as error:
        fault = Fault(file, clip.row.line, "path", f"{clip.row.path}: {error}", "Import again when it is at rest")
        raise ImportFaultsError([fault]) from error
    served = transcode(original, channel=channel, target=target)
    keep(served_path(served.sha256), served.wav, served.sha256)
    return facts, channel, served


def audio_row(facts: AudioFacts) -> AudioFile:
    """Return the row of a file, not stored yet."""
    return AudioFile(
        sha256=facts.sha256,
        path=original_path(facts.sha256, facts.format),
        format=facts.format,
        size=facts.size,
        rate=facts.rate,
        channels=facts.channels,
        duration=facts.duration,
        peak=facts.peak,
        loudness=facts.loudness,
        loudness_rule=facts.loudness_rule,
        clipped=facts.clipped,
    )


def _served_row(audio: AudioFile, channel: int | None, clip: ServedClip, target: float) -> ServedAudio:
    return ServedAudio(
        audio=audio,
        channel=channel,
        target=target,
        sha256=clip.sha256,
        gain=clip.gain,
        loudness=clip.loudness,
        peak=clip.peak,
        duration=clip.duration,
    )
