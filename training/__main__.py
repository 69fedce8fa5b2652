"""The adapter of the bundled model, from nothing: collect, train, evaluate, export."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from index import bundled
from index.encoder import load_bundled
from training import collect as collecting
from training import evaluate as evaluating
from training import train as training
from training.plot import plot_losses

DIRECTORY = click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/training"),
    show_default=True,
    help="Where everything is kept.",
)


@click.group()
def cli() -> None:
    """Make the adapter of the bundled model: collect, train, evaluate, export."""


@cli.command()
@DIRECTORY
def collect(directory: Path) -> None:
    """Fetch packages and gather parallel texts out of them."""
    collecting.collect(directory)


@cli.command()
@DIRECTORY
@click.option("--steps", default=170, show_default=True)
@click.option("--seed", default=1, show_default=True)
def train(directory: Path, steps: int, seed: int) -> None:
    """Train, or go on from the last checkpoint; draws the losses at the end.

    For two processes: torchrun --nproc-per-node 2 -m training train
    """
    training.train(directory, steps=steps, seed=seed)
    if os.environ.get("RANK", "0") == "0":  # the first process has the log
        plot_losses(directory / "run" / "log.jsonl", directory / "run" / "losses.png")


@cli.command()
@click.option("--name", default=bundled.ADAPTED, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=Path("build/cache"))
@click.argument("shared", type=click.Path(path_type=Path, exists=True))
def evaluate(name: str, cache: Path, shared: Path) -> None:
    """Measure a bundled model on the material in SHARED, and print JSON."""
    encoder = load_bundled(bundled.build_bundled(cache, name))
    click.echo(
        json.dumps(
            {
                "tatoeba": evaluating.tatoeba(encoder, shared / "eval" / "tatoeba"),
                "xquad_r": evaluating.xquad(encoder, shared / "eval" / "xquad-r"),
            },
            indent=2,
        )
    )


@cli.command()
@click.argument("trained", type=click.Path(path_type=Path, exists=True))
@click.option("--share", default=0.6, show_default=True, help="How much of it is added.")
def export(trained: Path, share: float) -> None:
    """Put a trained adapter into the package, weakened."""
    training.save_weakened(trained, bundled.ADAPTER, share)


if __name__ == "__main__":
    cli()
