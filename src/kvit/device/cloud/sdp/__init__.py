"""Epson Server Direct Print: printers that ask us for their jobs.

Pure: `element` (XML from outside), `form` (what they post), `request` and `response` (what they are given, what they
answer), `status` (their 32 bits), `verdict` (what an answer means for a job), `job_name`, `digest` (their login),
`dealing` (what a poll is answered). Rim: `server`, `emulator`. docs/protocols/server-direct-print.md has what is
supported and what is unproven.
"""
