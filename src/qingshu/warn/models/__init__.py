"""Models that ship with the product; docs/foresight-model.md says how each was made."""
