"""What a print gave up, as sentences: ``problem.<code>`` of the sentence files, the block they are about said in front.

``words`` says a code with its values in somebody's language: a terminal's, a page's reader's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from kvit.i18n import codes
from kvit.paper.sheet import Problem

if TYPE_CHECKING:
    from kvit.paper.markup.receiptline import Remark

Words = Callable[..., str]
"""``words(code, **values)``."""

SHOWN_LETTERS = 40
"""Of a value: enough to find the place, few enough for a line."""
RULES = re.compile("[\u2500-\u257f]+")
TOGETHER = ("problem.letters_drawn", "problem.letters_rules", "problem.letters_spelled", "problem.letters_lost")
DETAILS = ("expected", "ai", "option")
"""Values that are said in a sentence of their own, where they are given."""


def sentences_of(problems: Iterable[Problem], words: Words) -> list[str]:
    """Every warning of a print in one line each; letters that fared alike are told together, the strokes of tables too."""
    alike: dict[str, dict[str, None]] = {}
    told: list[str | Problem] = []
    for each in problems:
        code = _code(each)
        if code not in TOGETHER:
            told.append(sentence_of(each, words))
            continue
        if code not in alike:
            told.append(each)
        alike.setdefault(code, {}).update(dict.fromkeys(RULES.sub("", str(each.values["text"]))))
    said = [
        each if isinstance(each, str) else words(_code(each), text=_shown("".join(alike[_code(each)]))) for each in told
    ]
    return list(dict.fromkeys(said))


def sentence_of(problem: Problem, words: Words) -> str:
    """One line for people."""
    code = _code(problem)
    values = {name: _shown(value) for name, value in problem.values.items()}
    if code == "problem.letters_drawn":  # the strokes of a table drawn with its letters are not what was lost
        values["text"] = RULES.sub("", str(values["text"]))
    said = " ".join([words(code, **values), *_details(values, words)]) if code in codes() else _unknown(problem, words)
    if problem.end - problem.start != 1:
        return said
    return words("problem.block", n=problem.start + 1, said=said)


def remark_of(remark: Remark, words: Words) -> str:
    """What of a ReceiptLine text is not in the document, in one line."""
    return words(f"problem.{remark.code.replace('.', '_')}", line=remark.line, text=_shown(remark.text))


def _code(problem: Problem) -> str:
    """The sentence of a problem; looks have one for each word, and rules are no letters to people."""
    word = f"problem.look_{problem.values.get('word', '')}"
    if problem.code == "look.absent" and word in codes():
        return word
    if problem.code == "letters.drawn" and RULES.fullmatch(str(problem.values.get("text", ""))):
        return "problem.letters_rules"
    return f"problem.{problem.code.replace('.', '_')}"


def _details(values: dict[str, str | int], words: Words) -> list[str]:
    return [words(f"problem.detail_{name}", **{name: values[name]}) for name in DETAILS if name in values]


def _shown(value: str | int) -> str | int:
    """A value as it may stand in a line: printable, not too long."""
    if isinstance(value, int):
        return value
    text = "".join(letter if letter.isprintable() else "\u00b7" for letter in value)
    return text if len(text) <= SHOWN_LETTERS else f"{text[: SHOWN_LETTERS - 1]}…"


def _unknown(problem: Problem, words: Words) -> str:
    """A problem nobody wrote a sentence for."""
    return words("problem.other", code=problem.code, values=json.dumps(problem.values, ensure_ascii=False))
