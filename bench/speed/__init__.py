"""How fast; every module has run(quick) -> figures, goals, scenario."""
