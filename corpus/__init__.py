"""Documents in, passages out. Knows nothing of vectors or Telegram."""
