"""The dialogues and backchannels of an extraction, as stage 1 reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.dialogues import Transcript
from corpus.models import Corpus, Extraction
from corpus.queries.dialogues import dialogues_digest, items_of, marked_dialogues_of
from modeling.errors import NothingToTrainOnError, RunError

if TYPE_CHECKING:
    from modeling.ml.lm.texts import Document, Item


@dataclass(frozen=True, slots=True)
class ExtractionTexts:
    """The texts of an extraction (`modeling.ml.lm.texts.Texts`); each call reads the database anew, a few at a time."""

    extraction: Extraction
    turns: Sequence[int]

    def documents(self, split: str) -> "Iterator[Document]":
        """Yield the dialogues of a part."""
        from modeling.ml.lm.texts import Document

        for dialogue, backchannels in marked_dialogues_of(self.extraction, split):
            text = Transcript(dialogue, backchannels).text()
            if text:
                yield Document(dialogue.key, text)

    def items(self, split: str) -> "Iterator[Item]":
        """Yield the backchannels of a part."""
        from modeling.ml.lm.texts import Item

        for item in items_of(self.extraction, split, self.turns):
            if item.text.strip():
                yield Item(f"{item.dialogue}:{item.position}", item.contexts, item.text)


def extraction_to_train_on(corpus: Corpus) -> Extraction:
    """Return the corpus's latest extraction; raise `RunError` where there is none or the dialogues have changed."""
    digest = dialogues_digest(corpus)
    if not digest:
        raise NothingToTrainOnError(corpus.slug, "dialogues", f"import_dialogues PATH --corpus {corpus.slug}")
    extraction = Extraction.objects.filter(corpus=corpus).order_by("-created_at", "-pk").first()
    if extraction is None:
        raise NothingToTrainOnError(corpus.slug, "backchannels", f"extract_backchannels {corpus.slug}")
    _refuse_changed(extraction, digest)
    return extraction


def extraction_by_digest(digest: str) -> Extraction:
    """Return the extraction with this digest; raise `RunError` where it is gone or its dialogues have changed."""
    extraction = Extraction.objects.select_related("corpus").filter(digest=digest).first()
    if extraction is None:
        raise RunError(f"The extraction {digest[:12]} is gone. Extract again: manage.py extract_backchannels CORPUS")
    _refuse_changed(extraction, dialogues_digest(extraction.corpus))
    return extraction


def _refuse_changed(extraction: Extraction, digest: str) -> None:
    slug = extraction.corpus.slug
    if extraction.corpus_digest != digest:
        raise RunError(
            f"The dialogues of {slug!r} have changed since their backchannels were extracted. "
            f"Extract them again: manage.py extract_backchannels {slug}"
        )
