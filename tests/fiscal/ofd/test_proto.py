"""The generated modules are what their schemas give."""

from __future__ import annotations

import pytest

from tools.protos import differing


def test_the_modules_are_as_the_schemas_give() -> None:
    pytest.importorskip("grpc_tools", reason="grpcio-tools is not installed")
    assert differing() == []
