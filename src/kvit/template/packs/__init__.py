"""Packs: templates, profiles and scripts that travel signed, are tried before they run, and can be taken back."""
