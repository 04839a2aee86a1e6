"""Adapters: a language, a printer's facts and a way to reach it behind one address. Pure: nothing is opened or sent."""

from kvit.device.adapters.adapter import Adapter, Made, adapter_for, adapter_of

__all__ = ["Adapter", "Made", "adapter_for", "adapter_of"]
