"""Companies that send text messages, behind one interface. See `kvit.notify.sms.model`."""
