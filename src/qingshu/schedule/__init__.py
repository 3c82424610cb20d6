"""When each tank is due: the last desludging and its interval."""
