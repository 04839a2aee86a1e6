"""Mail: the letter as it goes out, and the connection to the mail server."""
