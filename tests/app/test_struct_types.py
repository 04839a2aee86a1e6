"""All types are looked through before there are threads."""

import msgspec

from kvit.app.struct_types import look_through_types
from kvit.paper.document import Document
from kvit.receipt.model import Reading


def test_the_types_that_threads_read_are_among_them() -> None:
    assert look_through_types() >= 20
    assert all(issubclass(kind, msgspec.Struct) for kind in (Document, Reading))
