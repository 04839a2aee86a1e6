"""What an address looks like: a phone number, a mailbox. Nothing is asked whether it exists."""

from __future__ import annotations

import re
from typing import Final

PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164; what a country's numbers look like is known to who asked for it (`kvit.access.customers`)."""
MAILBOX: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
"""RFC 5321 without quotes, comments, address literals: mailboxes people have. An address in other letters is not
taken."""
