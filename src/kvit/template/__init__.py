"""Recipes: what a shop prints is written in templates that may change without a release."""
