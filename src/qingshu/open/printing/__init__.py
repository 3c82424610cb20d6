"""Typeset matter in the house's print design."""
