"""What people confirmed of receipts: corrections that stay, and the shop's forms learned from them."""
