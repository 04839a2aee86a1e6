"""A station's side of the pairing: the code that was typed in, turned into a key the server knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from kvit.access.key import fresh_key
from kvit.app import centre as centres
from kvit.app.centre import Asking, Centre, Lost
from kvit.chain.settings import is_safe
from kvit.refusal import Refusal

PATH = "/api/v1/station/pair"


class Let(msgspec.Struct, frozen=True):
    """The server's answer to a good code."""

    station: str
    name: str
    shop: str
    shop_name: str
    public_url: str


async def paired(folder: Path, url: str, code: str, asking: Asking, random: Callable[[int], bytes]) -> Centre | Refusal:
    """Pair this station with a server; asked again with the same code after a lost answer, it gets the same station.

    A pairing that works stays until the new one does. Refused: ``chain.url_unsafe``, ``chain.no_answer``, what the server
    said.
    """
    url = url.rstrip("/")
    if not is_safe(url):
        return Refusal("chain.url_unsafe", {"url": url[:200]})
    now, asked = centres.read(folder), centres.read(folder, centres.ASKED)
    if now is not None and (now.url, now.code) == (url, code):
        return now
    if asked is None or (asked.url, asked.code) != (url, code):
        asked = Centre(url, code, fresh_key(random).text)
        centres.write(folder, asked, centres.ASKED)  # on disk before the server can know the key
    body = msgspec.json.encode({"code": code, "key": asked.key})
    answer = await centres.ask(asking, asked, PATH, body, Let, with_key=False)
    if isinstance(answer, Lost):
        return Refusal("chain.no_answer", {"url": url[:200], "why": answer.why})
    if isinstance(answer, Refusal):
        return answer
    made = msgspec.structs.replace(
        asked, station=answer.station, name=answer.name, shop=answer.shop, shop_name=answer.shop_name,
        public_url=answer.public_url,
    )  # fmt: skip
    centres.write(folder, made)
    centres.forget(folder, centres.ASKED)
    return made
