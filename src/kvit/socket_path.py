"""Where a Unix socket lies: beside the data, or under a short name where the data lie deep.

The kernel takes 107 bytes of path and a folder may have thousands. A path too long is answered by one in a folder of this
user alone under the system's folder for such things, named by a hash of the long one, so that every process of this
installation comes to the same place. unix(7).
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path

PATH_BYTES_MAX = 95
"""What a name may grow by while a socket is put in place (``.`` and a process id) leaves so many."""


class ForeignFolderError(OSError):
    """The folder for sockets belongs to somebody else, or is open to others."""


def socket_path(path: Path, shelf: Path = Path("/tmp")) -> Path:  # noqa: S108 - in a folder of this user alone
    """The path to bind or connect to; the same for the same long one. Raises `ForeignFolderError`, OSError."""
    name = os.fsencode(path.absolute())
    if sys.platform == "win32" or len(os.fsencode(path)) <= PATH_BYTES_MAX:
        return path
    folder = shelf / f"kvit-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise ForeignFolderError(f"{folder} is not this user's own folder; remove it")
    return folder / f"{hashlib.sha256(name).hexdigest()[:24]}.sock"
