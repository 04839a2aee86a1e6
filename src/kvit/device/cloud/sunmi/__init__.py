"""Sunmi's cloud printers fetching from us ("call-back mode"): Sunmi only rings, the paper never passes its cloud.

`sign` is the printers' signature, `server` what they ask, `bell` tells Sunmi to ring. docs/protocols/printer-clouds.md.
"""
