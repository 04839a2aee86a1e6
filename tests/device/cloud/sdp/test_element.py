"""XML from outside: read, or refused with the place."""

from __future__ import annotations

import pytest

from kvit.device.cloud.sdp import element
from kvit.wire import WireError

BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'


def test_names_without_namespaces_texts_and_spans() -> None:
    data = b'<?xml version="1.0"?>\n<p:a xmlns:p="urn:x" p:n="1"><b> x&amp;<!-- y -->z </b><c/><c m="2"></c></p:a>'
    root = element.read(data)
    assert (root.name, root.attributes) == ("a", {"n": "1"})
    assert root.said("B") == "x&z"
    assert [data[each.start : each.end] for each in root.every("c")] == [b"<c/>", b'<c m="2"></c>']
    assert root.first("b", "c") is None
    assert root.said("b", "c") == ""


REFUSED = {
    "nothing": (b"", "no element found"),
    "cut short": (b"<a><b>", "no element found"),
    "no XML": (b"success=true", "not well-formed"),
    "two roots": (b"<a/><a/>", "junk after"),
    "an entity bomb": (BOMB, "DOCTYPE"),
    "a file of ours": (OUTSIDE, "DOCTYPE"),
    "an entity nobody declared": (b"<a>&b;</a>", "undefined entity"),
    "too deep": (b"<a>" * 33, "deeper"),
    "too many attributes": (b"<a " + b" ".join(b'a%d="1"' % each for each in range(65)) + b"/>", "attributes"),
    "too many elements": (b"<a>" + b"<b/>" * element.ELEMENTS_MAX + b"</a>", "elements"),
    "too long": (b"<a>" + b" " * element.BYTES_MAX + b"</a>", "longer"),
    "no UTF-8": (b"<a>\xff\xfe</a>", "not well-formed"),
    "an encoding of many bytes": (b'<?xml version="1.0" encoding="gb18030"?><a/>', "unknown encoding"),
    "an encoding nobody has": (b'<?xml version="1.0" encoding="x-kvit"?><a/>', "unknown encoding"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    data, reason = REFUSED[case]
    with pytest.raises(WireError) as caught:
        element.read(data)
    assert reason in caught.value.reason


def test_as_deep_and_as_wide_as_it_may_be() -> None:
    assert element.read(b"<a>" * 32 + b"</a>" * 32).name == "a"
    wide = b"<a " + b" ".join(b'a%d="1"' % each for each in range(64)) + b"/>"
    assert len(element.read(wide).attributes) == 64
