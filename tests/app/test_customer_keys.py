"""The key file: made once, for its owner's eyes alone, never replaced."""

from __future__ import annotations

import concurrent.futures
import secrets
from pathlib import Path

import pytest

from kvit.app.customer_keys import NAME, KeysUnreadable, customer_keys


def test_the_first_start_makes_them_and_the_next_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = customer_keys(folder, secrets.token_bytes)
    assert customer_keys(folder, secrets.token_bytes) == made
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == [NAME]


def test_what_is_no_key_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("oops")
    with pytest.raises(KeysUnreadable):
        customer_keys(tmp_path, secrets.token_bytes)
    assert (tmp_path / NAME).read_text() == "oops"


def test_many_at_once_get_the_same(tmp_path: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: customer_keys(tmp_path, secrets.token_bytes), range(8)))
    assert len(set(made)) == 1
