"""The library: which layouts make a shop's papers, in drafts and in published versions that never change."""
