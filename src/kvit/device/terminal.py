"""Terminal settings of pseudo-terminals (Linux only: this file imports termios).

`make_raw` takes away everything that would change a byte, and leaves what the till chose for itself: its baud rate and
its XON/XOFF (a till that set IXON means it).
"""

from __future__ import annotations

import termios
from typing import Final

_INPUT: Final = (
    termios.IGNBRK
    | termios.BRKINT
    | termios.PARMRK
    | termios.INPCK
    | termios.ISTRIP
    | termios.INLCR
    | termios.IGNCR
    | termios.ICRNL
)
_LOCAL: Final = (
    termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ECHONL | termios.ICANON | termios.ISIG | termios.IEXTEN
)


_FLOW: Final = termios.IXON | termios.IXOFF | termios.IXANY


def make_raw(fd: int, *, new: bool = False) -> bool:
    """Make the terminal raw without echo; say whether it was not. Raises OSError for a descriptor that is no terminal.

    ``new``: nobody has chosen anything yet, so the kernel's own XON/XOFF (on by default, it eats 11h and 13h) goes too.
    """
    try:
        mode = termios.tcgetattr(fd)
    except termios.error as error:
        raise OSError(*error.args) from None
    if is_raw(mode) and not (new and mode[0] & _FLOW):
        return False
    mode[0] &= ~(_INPUT | _FLOW) if new else ~_INPUT
    mode[1] &= ~termios.OPOST
    mode[2] = (mode[2] & ~termios.PARENB & ~termios.CSIZE) | termios.CS8
    mode[3] &= ~_LOCAL
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(fd, termios.TCSANOW, mode)
    except termios.error as error:
        raise OSError(*error.args) from None
    return True


def is_raw(mode: list[object]) -> bool:
    """Say whether these settings (of ``tcgetattr``) let every byte through unchanged and unechoed."""
    flags = [value for value in mode[:4] if isinstance(value, int)]
    return (
        not (flags[0] & _INPUT or flags[1] & termios.OPOST or flags[3] & _LOCAL)
        and flags[2] & termios.CSIZE == termios.CS8
    )
