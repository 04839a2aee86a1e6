"""Web Push: words to a browser that asked for them (RFC 8030, 8188, 8291, 8292)."""
