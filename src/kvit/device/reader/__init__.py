"""Readers at the counter: scanners of bar codes and QR codes, NFC and card readers.

One event for all: somebody, or something, presented an `Identity`.

Pure: what comes from a wire becomes codes (`framing`, `letters`), key strokes become codes (`keys`, `wedge`), a card's
answers become its contents (`card`, `ndef`), codes become identities (`symbology`, `identity`). Rim: `sources/` opens
things, `worker` keeps them open, `readings` holds the last ones in memory and tells whoever listens.
"""
