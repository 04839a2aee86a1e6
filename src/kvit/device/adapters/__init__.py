"""Adapters: a language, a printer's facts and a way to reach it behind one address. Pure: nothing is opened or sent."""
