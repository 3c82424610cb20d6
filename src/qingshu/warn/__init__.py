"""Level state, overflow in sight, and alarms with a life cycle."""
