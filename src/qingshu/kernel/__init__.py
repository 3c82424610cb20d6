"""Values every room shares: ids, instants, units, geometry, errors, events."""
