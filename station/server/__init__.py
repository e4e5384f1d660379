"""The service's door: a Unix socket that takes commands, answers queries and sends events."""
