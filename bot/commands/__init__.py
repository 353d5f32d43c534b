"""Commands for whoever runs the server, apart from those that start the app."""
