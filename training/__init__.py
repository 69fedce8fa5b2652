"""Makes the bundled model's adapter. Not needed at run time; see docs/model.md."""
