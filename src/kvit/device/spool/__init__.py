"""The spool: what waits for a printer, and how every sending ended.

`model` has the words, `transitions` decides, `order` reads what a caller wants printed, `paper` makes a copy say that it
is one, `process_id` numbers the attempts, `store` has the tables, `service` the verbs. Nothing here opens a wire:
docs/protocols/delivery.md says what is there and what is not yet.
"""
