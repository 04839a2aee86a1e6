"""The broker, for the tests of this folder."""

from tests.fakes.broker import broker as broker
