"""Local accounts: who may sign in, with which roles, and open sessions."""
