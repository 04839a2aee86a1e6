"""Why an end can not be opened, where the system's own words do not help: an OSError that carries a `Refusal`.

Whoever opens an end already hears OSError and shows its ``strerror``, which is the sentence here; who can, shows the
refusal in the person's own language.
"""

from __future__ import annotations

import errno

from kvit.i18n import say
from kvit.refusal import Refusal


class UnreachableError(OSError):
    """An end that is not there, not allowed, or wants something installed first."""

    def __init__(self, code: str, number: int = errno.ENODEV, /, **values: str | int) -> None:
        super().__init__(number, say("en", code, **values))
        self.refusal = Refusal(code, values)
