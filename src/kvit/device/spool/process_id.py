"""Process IDs (``GS ( H`` function 48): four bytes 20h to 7Eh by which a printer says which job it has printed.

The last three count a printer's attempts, base 95; the first tells the times apart: how often the printer was powered on
(47 values), and whether the count's lap is even or odd. So an answer kept from before a reconnect names another attempt,
and no ID comes again within two laps (1,714,750 attempts), however often the printer was switched on meanwhile.
"""

from __future__ import annotations

from typing import Final

FIRST_BYTE: Final = 0x20
SIGNS: Final = 95
"""20h to 7Eh."""
LAP: Final = SIGNS**3
EPOCHS: Final = SIGNS // 2


def process_id(count: int, power_ons: int) -> bytes:
    """Make the ID of a printer's attempt ``count`` (from 0) after ``power_ons`` switchings on."""
    assert count >= 0
    assert power_ons >= 0
    lap, rest = divmod(count, LAP)
    digits = (lap % 2 * EPOCHS + power_ons % EPOCHS, rest // SIGNS**2, rest // SIGNS % SIGNS, rest % SIGNS)
    return bytes(FIRST_BYTE + digit for digit in digits)
