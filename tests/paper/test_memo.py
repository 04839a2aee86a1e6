"""The memory of pictures stays within its bytes and forgets the oldest."""

from __future__ import annotations

from kvit.paper.memo import Memo


def test_the_oldest_go_first() -> None:
    memo: Memo[str] = Memo(100)
    for number in range(10):
        memo.keep(number, f"picture {number}", 25)
        assert memo.held_bytes <= 100
    assert len(memo) == 4
    assert memo.get(5) is None
    assert memo.get(9) == "picture 9"


def test_one_that_would_push_out_all_others_is_not_kept() -> None:
    memo: Memo[str] = Memo(100)
    assert memo.keep("large", "made", 26) == "made"
    assert memo.get("large") is None
    assert memo.held_bytes == 0


def test_keeping_again_counts_once() -> None:
    memo: Memo[str] = Memo(100)
    memo.keep("a", "x", 20)
    memo.keep("a", "y", 10)
    assert (memo.get("a"), memo.held_bytes, len(memo)) == ("y", 10, 1)
