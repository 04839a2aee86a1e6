"""Puts the house together: configuration in, running processes out. Defines nothing that a room below imports."""
