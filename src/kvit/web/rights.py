"""The rights the windows ask for, by the words of ``kvit.access``."""

from __future__ import annotations

SEE_RECEIPTS = "receipts.read"
LINK_RECEIPTS = "receipts.share"
FORGET_RECEIPTS = "receipts.forget"
SEE_RELAY = "relay.read"
CHANGE_RELAY = "relay.write"
SEE_SETTINGS = "settings.read"
SEE_USERS = "users.read"
CHANGE_USERS = "users.write"
CHANGE_KEYS = "keys.write"
SEE_AUDIT = "audit.read"
