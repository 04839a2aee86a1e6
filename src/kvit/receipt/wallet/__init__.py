"""The customer's wallet: receipts kept by the people they were printed for."""

from kvit.receipt.wallet.model import Category, Item, Kept, Reminder, Wanted

__all__ = ["Category", "Item", "Kept", "Reminder", "Wanted"]
