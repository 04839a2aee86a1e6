"""Many shops: what happens at a station reaches the server, in order, each once. Carries news, knows no trade."""
