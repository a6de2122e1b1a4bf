"""Items that cannot be learned from are refused naming where; what is written to files comes back."""

import numpy as np
import pytest

from modeling.ml.joint import files
from modeling.ml.joint.checks import check
from modeling.ml.joint.errors import ItemsError, SplitOverlapError
from modeling.ml.joint.items import Split, told_apart
from modeling.ml.joint.reading import Batches
from modeling.ml.joint.settings import JointSettings

from .planted import changed, planted


@pytest.fixture(scope="module")
def items():
    return planted(200, n_dialogues=20)[0]


def test_planted_items_are_whole(items):
    check(items)


@pytest.mark.parametrize(("what", "message"), [("dialogue", "Dialogue"), ("speaker", "Speaker")])
def test_an_overlap_of_splits_is_found(items, what, message):
    first, last = items.rows(Split.TRAIN)[3], items.rows(Split.TEST)[5]
    numbers = items.numbers[what].copy()
    numbers[last] = numbers[first]
    with pytest.raises(SplitOverlapError, match=f"{message} {numbers[first]} is in two splits") as caught:
        check(changed(items, **{what: numbers}))
    assert f"item {last} in test" in caught.value.reason
    assert "in train" in caught.value.reason


def test_unknown_speakers_overlap_with_nobody(items):
    check(changed(items, speaker=np.full(len(items), -1)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_named(items, bad):
    text = items.context["text"].copy()
    text[77, 3] = bad
    with pytest.raises(ItemsError, match="context text, item 77: not all numbers are finite"):
        check(changed(items, context={**items.context, "text": text}))


def test_sizes_that_do_not_match_are_named(items):
    with pytest.raises(ItemsError, match=r"clip has shape \(199,\) beside 200 backchannels"):
        check(changed(items, clip=items.clip[1:]))
    with pytest.raises(ItemsError, match=r"context text has shape \(200,\)"):
        check(changed(items, context={"text": items.context["text"][:, 0]}))
    with pytest.raises(ItemsError, match="no context part 'words'"):
        items.parts(["words"])
    with pytest.raises(ItemsError, match="Item 9 is in split 4"):
        check(changed(items, split=np.where(np.arange(200) == 9, 4, items.split)))


def write(folder, items):
    vectors = items.vectors
    arrays = files.create(folder, n=len(items), widths={name: one.shape[1] for name, one in vectors.items()})
    for name, mapped in arrays.items():
        mapped[:90], mapped[90:] = vectors[name][:90], vectors[name][90:]
        mapped.flush()
    return files.seal(folder, **items.numbers, sources=items.sources)


def test_files_come_back_mapped_with_the_same_digest(items, tmp_path):
    write(tmp_path, items)
    again = files.open_items(tmp_path)
    assert isinstance(again.backchannel, np.memmap)
    assert isinstance(again.context["text"], np.memmap)
    assert again.digest == changed(items, context=dict(sorted(items.context.items()))).digest
    assert again.sources == items.sources


def test_an_unsealed_or_damaged_folder_holds_no_items(items, tmp_path):
    files.create(tmp_path / "unsealed", n=3, widths={"backchannel": 2})
    with pytest.raises(ItemsError, match=r"items\.json cannot be read"):
        files.open_items(tmp_path / "unsealed")
    write(tmp_path / "cut", items)
    path = tmp_path / "cut" / "context text.npy"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ItemsError, match=r"context text\.npy cannot be read"):
        files.open_items(tmp_path / "cut")


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_batches_hold_every_item_at_most_once_in_another_order_each_epoch(items, tmp_path, precision):
    write(tmp_path, items)
    settings = JointSettings(context=("audio", "text"), batch=32, excluded="form", precision=precision)
    mapped = files.open_items(tmp_path)
    rows = mapped.rows(Split.TRAIN)
    batches = Batches(mapped, rows, settings, "cpu")
    seen = []
    for batch in batches.epoch(1):
        of = batch.groups[0].numpy()  # clips are numbered like items here
        both = np.concatenate([items.context["audio"][of], items.context["text"][of]], axis=1)
        np.testing.assert_allclose(batch.contexts.float().numpy(), both, rtol=2**-8, atol=1e-6)
        np.testing.assert_allclose(batch.backchannels.float().numpy(), items.backchannel[of], rtol=2**-8, atol=1e-6)
        np.testing.assert_array_equal(batch.groups[1].numpy(), items.form[of])
        seen.append(of)
    assert len(seen) == len(batches) == len(rows) // 32
    assert len(np.unique(np.concatenate(seen))) == 32 * len(batches)
    assert set(np.concatenate(seen)) <= set(rows)
    other = [batch.groups[0].numpy() for batch in batches.epoch(2)]
    assert not np.array_equal(np.concatenate(other), np.concatenate(seen))


def test_unknown_forms_equal_nothing():
    apart = told_apart(np.array([4, -1, 4, -1]))
    assert apart[0] == apart[2]
    assert len(set(apart)) == 3


def test_items_that_are_left_out_tear_no_dialogue(items):
    split = items.split.copy()
    split[::7] = Split.LEFT_OUT
    check(changed(items, split=split))
