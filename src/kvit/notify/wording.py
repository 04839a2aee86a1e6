"""What messages say, in the reader's language (`kvit.i18n`, the sentences ``notify.*``).

A text message is paid by its length, so it is made to fit into one where it can: the shop's name is shortened, never
the code or the link. What a shop or a product is called comes from people: control letters are taken out, and in HTML
it is text.
"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from typing import Final

from kvit.i18n import say
from kvit.notify.segments import Coding, Rule, measure

NAME_CHARS_MIN: Final = 4
"""A name shorter than that says nothing; then two messages are paid."""
NAME_CHARS_MAX: Final = 60
STYLE: Final = "font-family:sans-serif;font-size:16px;line-height:1.5;color:#1b1b1b;max-width:34em"
BUTTON: Final = (
    "display:inline-block;padding:12px 20px;background:#0b5cad;color:#ffffff;text-decoration:none;border-radius:6px"
)


@dataclass(frozen=True, slots=True)
class Words:
    """A mail or a push: subject or title, plain text, HTML."""

    subject: str
    text: str
    html: str = ""


def code_sms(language: str, shop: str, code: str, rule: Rule) -> str:
    """A one-time code."""
    return _fitted(language, "notify.sms_code", shop, rule, code=code)


def receipt_sms(language: str, shop: str, link: str, rule: Rule) -> str:
    """A receipt's link."""
    return _fitted(language, "notify.sms_receipt", shop, rule, link=link)


def code_mail(language: str, shop: str, code: str, minutes: int) -> Words:
    """A one-time code by mail."""
    name = plain(shop)
    text = say(language, "notify.mail_code", shop=name, code=code, minutes=minutes)
    page = _page(language, [f"<p>{html.escape(text)}</p>"])
    return Words(say(language, "notify.mail_code_subject", shop=name, code=code), f"{text}\n", page)


def receipt_mail(language: str, shop: str, link: str) -> Words:
    """A receipt's link by mail."""
    name = plain(shop)
    text, why = say(language, "notify.mail_receipt", shop=name), say(language, "notify.mail_why", shop=name)
    page = _page(language, [
        f"<p>{html.escape(text)}</p>", _button(link, say(language, "notify.mail_open")),
        f'<p style="font-size:13px;color:#555555">{html.escape(why)}</p>',
    ])  # fmt: skip
    subject = say(language, "notify.mail_receipt_subject", shop=name)
    return Words(subject, f"{text}\n\n{link}\n\n{why}\n", page)


def receipt_push(language: str, shop: str) -> Words:
    """A receipt has come; what opens is the message's ``url``."""
    return Words(plain(shop), say(language, "notify.push_receipt"))


def reminder_mail(language: str, what: str, day: str, link: str) -> Words:
    """A day the customer wanted to be told of."""
    text = say(language, "notify.reminder", what=plain(what), day=day)
    page = _page(language, [f"<p>{html.escape(text)}</p>", _button(link, say(language, "notify.mail_open_wallet"))])
    return Words(say(language, "notify.reminder_subject"), f"{text}\n\n{link}\n", page)


def reminder_push(language: str, what: str, day: str) -> Words:
    """The same as a push."""
    text = say(language, "notify.reminder", what=plain(what), day=day)
    return Words(say(language, "notify.reminder_subject"), text)


def plain(name: str) -> str:
    """Give a name people wrote as one line of letters: no control letters, none that turn the direction of writing."""
    kept = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in name)
    return " ".join(kept.split())[:NAME_CHARS_MAX]


def _fitted(language: str, sentence: str, shop: str, rule: Rule, **values: str) -> str:
    """A text with as much of the shop's name as one message has room for."""
    name = plain(shop)
    whole = text = say(language, sentence, shop=name, **values)
    while not _is_one(text, rule) and len(name) > NAME_CHARS_MIN:
        name = name[:-1].rstrip()
        text = say(language, sentence, shop=name, **values)
    return text if _is_one(text, rule) else whole


def _is_one(text: str, rule: Rule) -> bool:
    length = measure(text, rule)
    return length.coding is Coding.SMS or (length.parts == 1 and rule is Rule.WORLD)


def _page(language: str, parts: list[str]) -> str:
    inner = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"></head>'
        f'<body style="{STYLE}">\n{inner}\n</body></html>\n'
    )


def _button(link: str, text: str) -> str:
    shown = html.escape(link, quote=True)
    return f'<p><a style="{BUTTON}" href="{shown}">{html.escape(text)}</a></p>\n<p>{shown}</p>'
