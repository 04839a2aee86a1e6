"""Webhooks: other people's programs are told of events, signed. See `kvit.notify.endpoints`."""
