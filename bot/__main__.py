"""`python -m bot` is the same as `daviedka`."""

from bot.cli import cli

cli(prog_name="daviedka")
