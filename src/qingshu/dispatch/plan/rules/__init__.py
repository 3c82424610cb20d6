"""Pure decisions of the day plan: timing, greedy, insertion, emergencies, reasons."""
