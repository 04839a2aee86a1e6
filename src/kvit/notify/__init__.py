"""Words to people and machines: mail, text messages, pushes to phones, webhooks. See `kvit.notify.service`."""
