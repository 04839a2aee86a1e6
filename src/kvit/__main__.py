"""``python -m kvit``: the same as the ``kvit`` command."""

from kvit.cli import main

main()
