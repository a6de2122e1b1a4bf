"""The secret key is made once, even when several processes start at the same moment."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bcstudy.secret import secret_key


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BCSTUDY_SECRET_KEY", raising=False)


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret_key"
    key = secret_key(path)
    assert len(key) >= 50
    assert secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret_key"]


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BCSTUDY_SECRET_KEY", "given")
    assert secret_key(tmp_path / "secret_key") == "given"
    assert not (tmp_path / "secret_key").exists()


def test_starts_at_the_same_moment_agree(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: secret_key(path), range(64)))
    assert len(keys) == 1
