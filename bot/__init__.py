"""The Telegram bot and the command line: the only layer that knows settings."""
