"""Ways to move bytes, one file each, all behind asyncio's own small interface.

A transport is opened with a protocol factory and gives an ``asyncio.Transport``: ``write``, ``pause_reading``,
``resume_reading``, ``write_eof`` where there is one, ``close``; what is read comes as ``data_received``. So a pump joins
any two of them without knowing which they are, and asyncio's flow control (``pause_writing``) holds for all.
"""

from kvit.device.transports.table import TRANSPORTS, Opener, open_end

__all__ = ["TRANSPORTS", "Opener", "open_end"]
