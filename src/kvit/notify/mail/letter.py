"""A mail as it goes out (RFC 5322, 2045). Pure.

Its ``Message-ID`` is made of the message's id and stays the same in every try: a mail server, or a reader, knows the
second from the first by it. It says that no person wrote it (RFC 3834), so that nobody's holiday notice comes back.
Nothing a customer typed reaches a header but the address, which was looked at when the mail was ordered. DKIM is the
mail server's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from kvit.notify.model import Letter


def write(letter: Letter, id_: str, sender: str, sender_name: str, to: str, made_ms: int) -> EmailMessage:
    """Write a mail; the date is when it was ordered."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = Address("".join(letter for letter in sender_name if letter.isprintable()), addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(datetime.fromtimestamp(made_ms / 1000, UTC))
    mail["Message-ID"] = message_id(id_, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    return mail


def message_id(id_: str, sender: str) -> str:
    """The mail's name for ever."""
    return f"<{id_}@{sender.partition('@')[2]}>"
