"""Ports where a till's bytes become print jobs, instead of being passed on: the till believes it has a printer of its own.

`settings` has the words of kvit.toml, `cutting` makes printouts of bytes (pure), `answers` says what the printer would
(pure), `server` is the listener. docs/protocols/raw-jobs.md says when this is better than a line of the relay.
"""
