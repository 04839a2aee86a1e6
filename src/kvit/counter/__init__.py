"""Acts across trades: what concerns several of them, and belongs to none."""
