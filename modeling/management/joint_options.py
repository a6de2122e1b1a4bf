"""The words of `train_joint` as models and a grid."""

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.training import finished_training
from modeling.services.training.joining.plan import VARIED, Grid, Models
from modeling.services.training.vectors.settings import RUN

LATEST = "latest"


def models_of(corpus: Corpus, options: Mapping[str, Any]) -> Models:
    """Return what embeds. Raises `RunError` for a run that there is not."""
    given = {name: options[name] for name in ("weights", "layer") if options[name] is not None}
    return Models(
        encoder=options["encoder"],
        options=given | pairs(options["encoder_set"], "--encoder-set"),
        lm=language_model(corpus, options["lm"]),
        sentences=options["sentences"],
        precision=options["lm_precision"],
        seconds=options["context_seconds"],
        side=options["context_side"],
        forms=options["forms"],
    )


def language_model(corpus: Corpus, named: str) -> str:
    """Return `run:DIGEST` for a finished run (by the beginning of its digest, or `latest`), else the name as it is."""
    if named == LATEST:
        found = finished_training("language_model", corpus.slug)
        if not found:
            raise RunError(f"No language model of {corpus.slug!r} is finished: manage.py finetune_llm {corpus.slug} …")
        return RUN + found[0].digest
    if len(named) < 6 or set(named) - set("0123456789abcdef"):
        return named
    runs = list(TrainingRun.objects.filter(kind="language_model", digest__startswith=named)[:2])
    if len(runs) > 1:
        raise RunError(f"Several language models begin with {named}. Give more of the digest.")
    if runs and runs[0].state != RunState.FINISHED:
        raise RunError(f"The language model {named} is {runs[0].state}, not finished. See /training/.")
    return RUN + runs[0].digest if runs else named


def grid_of(options: Mapping[str, Any]) -> Grid:
    """Return what is varied: --context and --turns, and whatever --sweep names."""
    swept = {key: str(value).split(",") for key, value in pairs(options["sweep"], "--sweep").items()}
    known = [*VARIED, "modality", "turns"]
    for key, values in swept.items():
        if key not in known or not all(values):
            raise RunError(f"--sweep {key}={','.join(values)}: write KEY=A,B with one of {', '.join(known)}.")
    try:
        turns = [int(one) for one in swept.get("turns", options["turns"])]
    except ValueError:
        raise RunError(f"--sweep turns={','.join(swept['turns'])}: turns are whole numbers.") from None
    varied = {key: swept[key] for key in VARIED if key in swept}
    return Grid(options["backchannel"], swept.get("modality", options["context"]), turns, varied)


def pairs(words: Sequence[str], option: str) -> dict[str, str]:
    """Return KEY=VALUE words by key; raise `RunError` for another."""
    split = [word.partition("=") for word in words]
    for word, (key, equals, _) in zip(words, split, strict=True):
        if not key or not equals:
            raise RunError(f"{option} {word}: write it as KEY=VALUE.")
    return {key: value for key, _, value in split}
