"""``plural`` and ``t``: words that bend, and sentences in the shop's language.

``{{plural n one="товар" few="товара" many="товаров" other="товара"}}`` takes the CLDR's word for a number in the
language; a form that is not given is ``other``; ``#`` in a form is the number. ``{{t "receipt.kind_sale"}}`` says one
of Kvit's own sentences, its values by name.
"""

from __future__ import annotations

from typing import Any

from kvit.i18n import format_number, say
from kvit.i18n.format import locale_of
from kvit.i18n.sentence import is_code
from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.values import write
from kvit.template.words.exact import number
from kvit.template.words.place import Place


def words(place: Place) -> dict[str, Helper]:
    """Give the helpers for a place."""

    def plural(call: Call, value: Any = None) -> str:
        found = number(value)
        language, country = place.tongue(call)
        form = locale_of(language, country).plural_form(abs(found))
        chosen = call.hash.get(form, call.hash.get("other"))
        if chosen is None:
            raise ValueError("plural wants other=")
        text = write(chosen)
        return text.replace("#", format_number(found, language, country)) if "#" in text else text

    def sentence(call: Call, code: Any = None) -> str:
        if not is_code(code):
            raise ValueError("there is no such sentence")
        language, _ = place.tongue(call)
        values = {key: value if isinstance(value, int) else write(value) for key, value in call.hash.items()}
        values.pop("language", None)
        return say(language, code, **values)

    return {"plural": plural, "t": sentence}
