"""How good; every module has run(quick) -> figures, goals, scenario."""
