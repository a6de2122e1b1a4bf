"""Real corpora of their full size, from files to figures."""

import pytest

from corpus.queries.dialogues import items_of
from corpus.services import extract_backchannels, import_dialogues

pytestmark = pytest.mark.django_db


def test_all_of_switchboard(shared_data):
    """Counts of the corpus as stored, how well the rule does on it, and that importing again changes nothing."""
    done = import_dialogues(path=shared_data / "swda_text", corpus_slug="test", format_name="swda")
    extraction = extract_backchannels(corpus_slug="test")
    score = extraction.figures["rule_against_tags"]
    first = next(items_of(extraction, "test"))

    assert (done.added, done.utterances, done.channels) == (1_155, 199_740, 2_310)
    assert extraction.figures["dialogues"] == {"train": 1_115, "validation": 21, "test": 19}
    assert extraction.item_count == 38_281 + 1_053 + 1_306
    assert (score["both"] + score["tag_only"], score["both"] + score["rule_only"]) == (40_640, 38_424)
    assert (round(score["precision"], 3), round(score["recall"], 3)) == (0.813, 0.768)
    assert first.contexts[1].startswith("<")
    assert import_dialogues(path=shared_data / "swda_text", corpus_slug="test", format_name="swda").unchanged == 1_155


def test_word_timed_switchboard(shared_data):
    path = shared_data / "switchboard_word_timed" / "swbd_disf_heldout_data_timings.csv"
    done = import_dialogues(path=path, corpus_slug="test", format_name="swbd-timed")
    figures = extract_backchannels(corpus_slug="test").figures

    assert (done.added, done.channels, done.words) == (51, 102, 47_604)
    assert sum(figures["items"].values()) == 981 + 21 + 36
    assert round(figures["seconds"][1], 3) == 0.367
    assert round(figures["rule_against_tags"]["precision"], 3) == 0.857
    assert round(figures["rule_against_tags"]["recall"], 3) == 0.689
