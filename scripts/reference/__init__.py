"""The reference in docs/reference/, generated from the code: settings, commands, routes, errors, the Python API."""
