"""What lies on paper: documents, sheets, and the ways to look at them."""
