"""Templates as text: ReceiptLine with Handlebars, turned into layouts and back. Nothing is filled here."""
