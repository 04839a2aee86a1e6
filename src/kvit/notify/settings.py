"""The tables ``[mail]``, ``[sms]``, ``[push]`` and ``[webhooks]`` of kvit.toml.

Nothing is sent anywhere until it is set up: no mail server, no pushes, and text messages in a dry run that only shows
them. ``house`` allows addresses of the shop's own network, and http: for a mail relay in the back room, a program
beside Kvit. The addresses here were written by who runs the shop; those that come from elsewhere (a webhook added on a
page, a browser's push service) are bound by the same switch.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from kvit.notify.addresses import MAILBOX

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
PerDay = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
"""0: not limited."""
PUSH_HOSTS: Final = (
    "fcm.googleapis.com", "android.googleapis.com", "updates.push.services.mozilla.com", "*.push.services.mozilla.com",
    "*.notify.windows.com", "web.push.apple.com", "*.push.apple.com",
)  # fmt: skip
"""The push services of the browsers there are: a subscription comes from a customer's phone and may name any
address."""
KOREAN: Final = ("aligo", "solapi", "nhn", "sens")


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[mail]`` table: the mail server that sends for the shop."""

    server: str = ""
    """Its name; empty: no mail is sent."""
    port: Port = 0
    """0: 587 with ``starttls``, 465 with ``tls``, 25 with ``none``."""
    security: Annotated[str, msgspec.Meta(pattern="^(starttls|tls|none)$", description="starttls, tls or none")] = (
        "starttls"
    )
    user: str = ""
    password: str = ""
    sender: str = ""
    """The address mails come from, as ``receipts@example.com``."""
    sender_name: str = ""
    """Empty: the shop's name."""
    house: bool = False
    per_day: PerDay = 20_000
    per_address_day: PerDay = 50

    def __post_init__(self) -> None:
        """Refuse what can not send."""
        if self.server and not MAILBOX.fullmatch(self.sender):
            raise ValueError("a mail server needs sender, the address mails come from, as in receipts@example.com.")
        if self.password and not self.user:
            raise ValueError("a password needs user, too.")
        if self.user and self.security == "none":
            raise ValueError('a password is not sent in clear: security is "starttls" or "tls" where user is set.')


class HttpSmsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[sms.http]``: a company that takes text messages by HTTP, described. ``{to} {text} {sender} {id} {key}
    {secret}`` stand for what they say, in ``url``, ``headers`` and ``fields``; ``{digits}`` is the number without its
    plus."""

    url: str = ""
    method: Annotated[str, msgspec.Meta(pattern="^(POST|GET)$", description="POST or GET")] = "POST"
    body: Annotated[str, msgspec.Meta(pattern="^(json|form)$", description="json or form")] = "json"
    headers: tuple[str, ...] = ()
    """As ``Authorization: Bearer {secret}``."""
    fields: tuple[str, ...] = ("to={to}", "text={text}", "from={sender}")
    taken_field: str = ""
    """The field of the answer that says whether it was taken, with dots into what is inside; empty: any 2xx means it
    was."""
    taken_values: tuple[str, ...] = ()
    id_field: str = ""
    """The field with the company's own name for the message."""
    korean: bool = False
    """Texts are counted in bytes of CP949."""


class SmsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[sms]`` table: the company that sends text messages."""

    provider: Annotated[
        str,
        msgspec.Meta(pattern="^(dry|aligo|solapi|nhn|sens|http)$", description="dry, aligo, solapi, nhn, sens or http"),
    ] = "dry"
    """``dry``: texts are only shown on the page of notices."""
    sender: str = ""
    """The number they come from, registered with the company."""
    user: str = ""
    """Aligo's ``user_id``."""
    key: str = ""
    """Aligo ``key``, Solapi API key, NHN app key, SENS access key."""
    secret: str = ""
    """Solapi API secret, NHN ``X-Secret-Key``, SENS secret key."""
    service: str = ""
    """SENS service id."""
    url: str = ""
    """Another address than the company's own, as far as the first slash."""
    house: bool = False
    per_day: PerDay = 1_000
    per_number_day: PerDay = 10
    prefix_alarm: PerDay = 200
    """An alarm when so many go to numbers that begin alike on one day; 0: never."""
    http: HttpSmsSettings = HttpSmsSettings()

    def __post_init__(self) -> None:
        """Refuse what can not send."""
        needed = {
            "aligo": ("sender", "user", "key"), "solapi": ("sender", "key", "secret"), "nhn": ("sender", "key", "secret"),
            "sens": ("sender", "key", "secret", "service"),
        }.get(self.provider, ())  # fmt: skip
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"provider {self.provider} needs {', '.join(missing)}.")
        if self.provider == "http" and not self.http.url.startswith(
            ("https://", "http://" if self.house else "https://")
        ):
            raise ValueError("provider http needs the table [sms.http] with url, which begins with https://.")

    @property
    def korean(self) -> bool:
        """Whether texts are counted in bytes of CP949."""
        return self.provider in KOREAN or (self.provider == "http" and self.http.korean)


class PushSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[push]`` table: pushes to browsers that asked for them."""

    contact: str = ""
    """``mailto:`` or ``https:``: whom a push service writes to when something is wrong (RFC 8292); empty: no pushes."""
    hosts: tuple[str, ...] = PUSH_HOSTS
    house: bool = False
    per_browser_day: PerDay = 100

    def __post_init__(self) -> None:
        """Refuse a contact that is none."""
        if self.contact and not self.contact.startswith(("mailto:", "https://")):
            raise ValueError("contact begins with mailto: or https://.")


class WebhooksSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[webhooks]`` table."""

    house: bool = False
    """Webhooks may lead into the shop's own network, and be http."""
