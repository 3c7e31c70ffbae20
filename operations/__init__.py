"""Tools for whoever runs a deployed router; never deployed themselves."""
