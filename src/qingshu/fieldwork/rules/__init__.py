"""Pure decisions of field work: life cycle, gas gate, arrival, evidence."""
