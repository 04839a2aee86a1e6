"""The signature of a Sunmi printer that fetches: MD5 over its parameters in the order of their names, the key behind them.

Source: developer.sunmi.com, "4: interfaces a partner provides in call-back mode" (2026-06), which prints an example.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def signature(fields: Mapping[str, str], key: str) -> str:
    """Give the signature of a question's parameters (without ``sign``), 32 capitals."""
    told = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
    return hashlib.md5((told + key).encode(), usedforsecurity=False).hexdigest().upper()


def is_signed(fields: Mapping[str, str], key: str) -> bool:
    """Say whether a question carries the signature of whoever has the key."""
    return hmac.compare_digest(fields.get("sign", "").encode(), signature(fields, key).encode())
