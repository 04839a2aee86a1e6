"""Which of Kvit's five languages a person reads.

The order of `choose`: what the person chose, what was kept in a cookie, what the browser asks for (RFC 9110 section
12.5.4, with its weights), the shop's language or its country's first, English. A tag is matched by its first part
(``ko-KR`` is ``ko``); Chinese of any script is served in Simplified, since that is nearer to its reader than English.
A closely related language is not guessed: a reader of Ukrainian did not ask for Russian.

On the command line: ``KVIT_LANG``, then ``LC_ALL``, ``LC_MESSAGES``, ``LANG`` as POSIX orders them, the first that is
set. ``C`` and ``POSIX`` mean English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "ko", "ru", "kk", "zh")
"""ISO 639-1; ``zh`` is Simplified Chinese, ``kk`` Kazakh in Cyrillic."""

LANGUAGE_NAMES: dict[str, str] = {
    "en": "English",
    "ko": "한국어",
    "ru": "Русский",
    "kk": "Қазақша",
    "zh": "简体中文",
}
"""Each language in its own words, for the list a person chooses from."""

DEFAULT = "en"

HEADER_LIMIT = 1000
"""Letters of an Accept-Language header that are read; browsers send fewer than 100."""

VARIABLES = ("KVIT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")

_ISO_639_2 = {"eng": "en", "kor": "ko", "rus": "ru", "kaz": "kk", "zho": "zh", "chi": "zh", "cmn": "zh"}


def match(tag: str | None) -> str | None:
    """Give the language of a tag or locale name (``zh-Hans-CN``, ``ru_KZ.UTF-8``), None when it is none of ours."""
    if not tag:
        return None
    first = tag.strip().replace("_", "-").split(".")[0].split("-")[0].lower()
    first = _ISO_639_2.get(first, first)
    return first if first in LANGUAGES else None


def accepted(header: str) -> list[str]:
    """Give our languages in the order an Accept-Language header wants them; nonsense in it is passed over."""
    wanted: dict[str, float] = {}
    for tag, weight in _ranges(header[:HEADER_LIMIT]):
        language = match(tag)
        if language is not None and weight > wanted.get(language, 0.0):
            wanted[language] = weight
    return sorted(wanted, key=lambda language: -wanted[language])


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        if not parameter.strip():
            yield tag.strip(), 1.0
        elif name.strip().lower() == "q" and _is_weight(value.strip()):
            yield tag.strip(), float(value)


def _is_weight(text: str) -> bool:
    whole, _, part = text.partition(".")
    return whole in ("0", "1") and (not part or (part.isascii() and part.isdigit()))


def choose(
    chosen: str | None = None, cookie: str | None = None, accept_language: str | None = None, shop: str | None = None
) -> str:
    """Give the language to speak; every argument may be absent or nonsense. ``shop`` is the shop's own language."""
    return match(chosen) or match(cookie) or next(iter(accepted(accept_language or "")), None) or match(shop) or DEFAULT


def from_environment(environ: Mapping[str, str]) -> str:
    """Give the language of a terminal from its environment (``os.environ``)."""
    for variable in VARIABLES:
        if environ.get(variable):
            return match(environ[variable]) or DEFAULT
    return DEFAULT
