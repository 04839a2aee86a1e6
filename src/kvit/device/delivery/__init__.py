"""Delivery: jobs of the spool leave by wires, and end in the truth.

`watch` reads what a printer says of itself, `attempt` is one sending as a pure machine, `wire` holds a connection,
`worker` is one printer, `crew` all of them. docs/protocols/delivery.md has the rules and what no device has proven.
"""
