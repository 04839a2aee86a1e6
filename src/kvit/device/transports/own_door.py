"""The door by which the shop's own printing comes in to a line of the relay: what is said there beside the printer's bytes.

A line takes bytes whether its printer is there or not, for a till must not notice. Our own paper must: bytes that lie in
a line behind an absent printer are neither printed nor surely unprinted. So the line says `GO` once, when the connection
has its turn and the printer is connected, and hangs up where it can not be reached; before `GO` nothing may be sent.
"""

from typing import Final

GO: Final = b"\x06"
"""The turn is yours and the printer is connected."""
