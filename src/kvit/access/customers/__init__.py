"""Customers: who buys here, as far as they want to be known.

A customer begins as nothing but a random id and a device that holds a secret: no account, no name. What they may add (a
phone, a mail address, a name, cards) is kept as keyed hashes, to be found by, and as sealed texts, to be read by who has
the key file. Customers are of the installation, so one wallet shows the receipts of all its shops; staff find those who
have been at their own shop.

`model` has the words, `keys` the secrets, `service` the verbs.
"""
