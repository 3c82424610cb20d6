"""Closing on proof: the level fell, the evidence is whole, the residents were asked."""
