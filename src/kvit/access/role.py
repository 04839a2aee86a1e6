"""Roles and what they may: one table.

A permission is a word, ``trade.act``. A window or a verb asks for a permission, never for a role, so a new role is one
row. A key has no role: it carries its own permissions (scopes), and only those of `SCOPES`: no machine makes users.
"""

from __future__ import annotations

PERMISSIONS: dict[str, str] = {
    "receipts.read": "see receipts and the live page",
    "receipts.share": "make and take back a receipt's public link",
    "receipts.correct": "say how a receipt reads, where it was read wrong",
    "receipts.forget": "erase a receipt's content",
    "receipts.export": "take receipts out as files",
    "figures.read": "see turnover, shares and failures of days",
    "receipts.deliver": "hand in receipts from a till or station",
    "jobs.read": "see print jobs, printers and how every job ended",
    "jobs.print": "hand in print jobs, print again, cancel, give a job to another printer",
    "jobs.answer": "say whether a paper came out",
    "readers.read": "see the readers at the counter and what they just read",
    "printers.manage": "add, remove, stop and test printers",
    "templates.read": "see templates and fill them",
    "templates.write": "change, publish and take back templates and the shop's own words in them",
    "station.use": "decide at the till where receipts go, and take them back",
    "relay.read": "see lines, printers and their state",
    "relay.write": "change lines, printers and virtual pairs",
    "settings.read": "see the settings",
    "settings.write": "change the settings",
    "users.read": "see who works here",
    "users.write": "make users, change their roles, switch them off",
    "keys.write": "make and revoke keys",
    "stations.write": "see stations, let new ones in, shut them out",
    "stations.identify": "ask for a station who a customer is",
    "customers.read": "find customers of the shop by phone or card, see how they want receipts",
    "customers.write": "change a customer's wish, cards and devices, see a phone in clear, erase a customer",
    "webhooks.write": "see, add, change and remove webhooks, send events again",
    "notices.read": "see which messages went to customers, without addresses",
    "notices.write": "send a message again, take one back",
    "audit.read": "read the audit log",
    "backup.make": "copy the books",
}

_CASHIER = frozenset({
    "receipts.read", "receipts.share", "receipts.correct", "relay.read", "jobs.read", "jobs.print", "jobs.answer",
    "readers.read", "templates.read", "station.use",
})  # fmt: skip
_MANAGER = _CASHIER | {
    "receipts.forget",
    "receipts.export",
    "figures.read",
    "customers.read",
    "customers.write",
    "printers.manage",
    "templates.write",
    "relay.write",
    "settings.read",
    "settings.write",
    "users.read",
    "stations.write",
    "webhooks.write",
    "notices.read",
    "notices.write",
    "backup.make",
}

_AUDITOR = frozenset({
    "receipts.read", "receipts.export", "figures.read", "jobs.read", "relay.read", "settings.read", "users.read",
    "audit.read", "notices.read",
})  # fmt: skip

ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS) - {"receipts.deliver", "stations.identify"},
    "manager": _MANAGER,
    "cashier": _CASHIER,
    "pharmacist": _CASHIER,
    "auditor": _AUDITOR,
}

OWNER = "owner"

SCOPES = frozenset({
    "receipts.read", "receipts.share", "receipts.export", "figures.read", "receipts.deliver", "jobs.read", "jobs.print",
    "jobs.answer", "printers.manage", "templates.read", "templates.write", "relay.read",
    "station.use", "stations.identify", "backup.make", "webhooks.write", "notices.read",
})  # fmt: skip
"""What a key can be given."""


def permissions(role: str) -> frozenset[str]:
    """Give what a role may; nothing for a role that is not in the table (one an older version had)."""
    return ROLES.get(role, frozenset())
