"""The ends of wires: addresses, transports, virtual pairs. The printer emulator is `kvit.device.emulator`."""

from kvit.device.address import Address, SerialLine, parse, show

__all__ = ["Address", "SerialLine", "parse", "show"]
