"""Between a foreign till and its printer.

`kvit.relay.line` is the process that forwards, `kvit.relay.follow` the shop's side that reads what it captured; they share
nothing but the capture and import nothing of each other, so that the line process stays small.
"""

from kvit.relay.settings import LineSettings, RelaySettings, check

__all__ = ["LineSettings", "RelaySettings", "check"]
