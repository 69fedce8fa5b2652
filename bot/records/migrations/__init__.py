"""The history of the bot's own database, step by step (Alembic)."""
