"""IPP, the Internet Printing Protocol, both ways round: Kvit as a printer, and queues of others as a wire out.

`value` has the words a message is made of, `message` turns them into bytes and back, `vocabulary` names operations and
answers. As a printer: `description` says what we are, `standing` how we and our jobs are, `job_request` checks what a job
asks for, `operations` answers one request, `server` is on the printers' door; `raster`, `unpacking` and `paper` make
documents of what desktops send; `store` and `service` number jobs as desktops know them. As a client: `queue` is the pure
half, `client` follows a job there. docs/protocols/ipp.md says what is supported and what is not.
"""
