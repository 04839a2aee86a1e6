"""What a print gave up, in the language of the terminal (`kvit.paper.warning`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kvit.cli.words import words
from kvit.paper import warning

if TYPE_CHECKING:
    from kvit.paper.markup.receiptline import Remark
    from kvit.paper.sheet import Problem


def sentences_of(problems: Iterable[Problem]) -> list[str]:
    """Every warning of a print in one line each."""
    return warning.sentences_of(problems, words)


def sentence_of(problem: Problem) -> str:
    """One warning in one line."""
    return warning.sentence_of(problem, words)


def remark_of(remark: Remark) -> str:
    """What of a ReceiptLine text is not in the document, in one line."""
    return warning.remark_of(remark, words)
