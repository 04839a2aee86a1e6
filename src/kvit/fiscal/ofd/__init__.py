"""The protocol between a cash register and the fiscal data operator (OFD) of Kazakhstan, versions 2.0.2, 2.0.3, 2.0.4."""
