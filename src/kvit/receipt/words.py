"""Words to search for: how a receipt's text is cut so that both data bases find the same.

Words of alphabets are kept whole and found by their beginning. Scripts that are searched by piece (Hangul, Han, kana,
Thai) are cut into overlapping pairs, and the last letter once more alone: ``아메리카노`` gives ``아메 메리 리카 카노 노``.
So any piece of two letters or more is a row of pairs (a phrase), and a single letter is the beginning of a pair.
Both sides are folded alike (NFKC, no case), and only letters and digits ever reach a query: nothing of a search
language comes through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

TEXT_LETTERS_MAX = 32_768
"""Letters of a receipt that can be found: some 600 lines."""
WORD_LETTERS_MAX = 40
QUERY_LETTERS_MAX = 200
QUERY_TERMS_MAX = 12

_PIECES = "\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_PIECES}]+|[^\W_{_PIECES}]+")
_PIECE = re.compile(rf"[{_PIECES}]")
_PLAIN_WORD = re.compile(r"[^\W_]+")
_BLANKS = {code: " " for code in range(0x80) if not chr(code).isalnum()}


def fold(text: str, limit: int) -> str:
    """Make letters that mean the same the same; the limit holds before and after (NFKC can grow a text elevenfold)."""
    text = text[:limit]
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text.replace("№", " ")).casefold()[:limit]


def index_words(text: str) -> str:
    """Return the words to keep, one blank between."""
    folded = fold(text, TEXT_LETTERS_MAX)
    if folded.isascii():
        return " ".join([word[:WORD_LETTERS_MAX] for word in folded.translate(_BLANKS).split()])
    if _PIECE.search(folded) is None:
        return " ".join([word[:WORD_LETTERS_MAX] for word in _PLAIN_WORD.findall(folded)])
    return " ".join(_cut(folded))


def _cut(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if word.isascii() or not _PIECE.match(word):
            yield word[:WORD_LETTERS_MAX]
        elif letters := _letters(word):
            yield from [letters[at : at + 2] for at in range(len(letters))]


def _letters(word: str) -> str:
    """Without marks: one of the two engines takes them for the end of a word."""
    return word if word.isalnum() else "".join(letter for letter in word if letter.isalnum())


def query_terms(text: str) -> list[list[str]]:
    """Cut what somebody looks for: each term a row of words that stand side by side, the last one a beginning."""
    terms = []
    for found in _WORD.finditer(fold(text, QUERY_LETTERS_MAX)):
        word = _letters(found[0])
        if len(word) > 1 and _PIECE.match(word):
            terms.append([word[at : at + 2] for at in range(len(word) - 1)])
        elif word:
            terms.append([word[:WORD_LETTERS_MAX]])
    return terms[:QUERY_TERMS_MAX]


def fts5_query(terms: list[list[str]], endings: Sequence[Sequence[str] | None]) -> str:
    """Write terms as SQLite's FTS5 wants them.

    ``endings`` has for each term the words its last one is the beginning of, or None: then FTS5 looks them up itself.
    """
    return " AND ".join(_fts5_term(term, ends) for term, ends in zip(terms, endings, strict=True))


def _fts5_term(term: list[str], ends: Sequence[str] | None) -> str:
    begin = "".join(f'"{word}" + ' for word in term[:-1])
    if ends is None:
        return f'{begin}"{term[-1]}" *'
    return "(" + " OR ".join(f'{begin}"{end}"' for end in ends) + ")"


def tsquery(terms: list[list[str]]) -> str:
    """Write terms as PostgreSQL's ``tsquery`` wants them."""
    return " & ".join("(" + " <-> ".join(f"'{word}'" for word in term) + ":*)" for term in terms)


def matches(terms: list[list[str]], words: str) -> bool:
    """Say whether kept words (``index_words``) answer a question, as the two engines would."""
    padded = f" {words}"
    return all(" " + " ".join(term) in padded for term in terms)
