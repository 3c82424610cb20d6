"""What every room stands on: settings, clock, database, event log, timers, doors."""
