"""A local Bot API with invented people: the bot without a Telegram account."""
