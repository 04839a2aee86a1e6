"""The state's book: what a cash register tells the tax office."""
