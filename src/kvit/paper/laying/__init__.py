"""Laying out, one kind of block a file: each puts its block on a `page.Page`. `kvit.paper.layout` calls them by type."""
