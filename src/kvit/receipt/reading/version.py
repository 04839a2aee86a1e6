"""Which reader this is: raised whenever it reads some receipts better than before.

Stored with every receipt it reads; what an older one read is read again (`kvit.receipt.rereading`).
"""

VERSION = 2
