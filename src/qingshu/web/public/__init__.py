"""Pages for residents: no account, no script, large type, in any browser."""
