"""What languages of packs are called, in addresses and as their profiles' names. Light: every address is read with it."""

from __future__ import annotations

import re
from typing import Final

PACK: Final = "pack."
"""Before the name of such a language: no language of ours is ever hidden by one."""
NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""What stands behind it."""
BASE: Final = "tags-58"
"""The profile of printers of tag text, of which a table changes the width, the letters and what it can do."""


def is_of_pack(name: str) -> bool:
    """Whether a language or an adapter of that name could be a pack's."""
    return name.startswith(PACK) and NAME.fullmatch(name.removeprefix(PACK)) is not None
