"""The adapter of the bundled model, from nothing: collect, train, evaluate, export."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from index import bundled
from index.encoder import load_bundled, load_encoder
from training import answering
from training import collect as collecting
from training import evaluate as evaluating
from training import train as training
from training.authored import read_authored
from training.development import measure
from training.plot import plot_losses

PARALLEL, QUESTIONS = "parallel", "questions"
RUNS = {PARALLEL: "run", QUESTIONS: "answering"}
STEPS = {PARALLEL: 170, QUESTIONS: 130}
# How much of each stage's addition is kept; see docs/model.md.
SHARES = {PARALLEL: 0.6, QUESTIONS: 0.6}
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
@click.option(
    "--stage",
    type=click.Choice([PARALLEL, QUESTIONS]),
    default=PARALLEL,
    show_default=True,
    help="What is learned: texts that mean the same, or, on top of that, what answers questions.",
)
@click.option("--steps", type=int, help="By default 170, and 130 for the questions.")
@click.option("--seed", default=1, show_default=True)
def train(directory: Path, stage: str, steps: int | None, seed: int) -> None:
    """Train a stage, or go on from its last checkpoint; draws the losses at the end.

    For two processes in the first stage: torchrun --nproc-per-node 2 -m training train
    """
    if stage == PARALLEL:
        training.train(directory, steps=steps or STEPS[stage], seed=seed)
    else:
        start = directory / "parallel.safetensors"
        training.save_weakened(_trained(directory, PARALLEL), start, SHARES[PARALLEL])
        answering.train_answering(directory, start, steps=steps or STEPS[stage], seed=seed)
    if os.environ.get("RANK", "0") == "0":  # the first process has the log
        plot_losses(directory / RUNS[stage] / "log.jsonl", directory / RUNS[stage] / "losses.png")


@cli.command()
@click.option("--model", default="bundled", show_default=True, help="See DAVIEDKA_MODEL.")
@click.option("--cache", type=click.Path(path_type=Path), default=Path("build/cache"))
def develop(model: str, cache: Path) -> None:
    """Ask a model the questions on the authored documents that are held out, and print JSON."""
    encoder = load_encoder(model, cache)
    held_out = [document for document in read_authored() if document.is_held_out]
    click.echo(json.dumps(measure(encoder, held_out), indent=2))


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
@click.option(
    "--directory",
    "directories",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    default=[Path("build/training")],
    show_default=True,
    help="Where a run was kept; several times for the mean of several.",
)
@click.option("--share", default=SHARES[QUESTIONS], show_default=True)
def export(directories: tuple[Path, ...], share: float) -> None:
    """Put what was trained into the package: the first stage, and a share of the second."""
    training.save_joined(
        [
            (directory / "parallel.safetensors", _trained(directory, QUESTIONS))
            for directory in directories
        ],
        bundled.ADAPTER,
        share,
    )


def _trained(directory: Path, stage: str) -> Path:
    """What a stage's run saved last."""
    saved = sorted((directory / RUNS[stage]).glob("adapter-*.safetensors"))
    if not saved:
        raise click.ClickException(f"the stage {stage} has not been trained in {directory}")
    return saved[-1]


if __name__ == "__main__":
    cli()
