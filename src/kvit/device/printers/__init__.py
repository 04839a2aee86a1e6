"""The shop's printers: what each is called, where it is, what it is able to prove, and who stands in for it.

A room of its own with a table: `model` has the words, `service` the verbs. Printers come from kvit.toml or from a page.
"""
