"""The command line: ``kvit VERB``, one verb a file.

A verb's file is imported only when that verb is called: ``kvit --version`` and the ``line`` process pay for nothing
else.
"""

from kvit.cli.entry import main

__all__ = ["main"]
