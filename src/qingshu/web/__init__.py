"""The HTTP door: the app factory, sign-in, live stream, front end."""
