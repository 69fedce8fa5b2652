"""The adapter of the bundled model, from nothing: collect, train, evaluate, export."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from index import bundled
from index.encoder import load_bundled, load_encoder
from training import answering, matching
from training import collect as collecting
from training import evaluate as evaluating
from training import train as training
from training.authored import read_authored
from training.development import measure
from training.plot import plot_losses

PARALLEL, QUESTIONS, TOKENS = "parallel", "questions", "tokens"
RUNS = {PARALLEL: "run", QUESTIONS: "answering", TOKENS: "matching"}
STEPS = {PARALLEL: 170, QUESTIONS: 130, TOKENS: 150}
# How much of a stage's addition is kept; see docs/model.md.
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
    type=click.Choice([PARALLEL, QUESTIONS, TOKENS]),
    default=PARALLEL,
    show_default=True,
    help="What is learned: texts that mean the same; on top of that, what answers questions; or, "
    "for the adapter that is in the package, which tokens do.",
)
@click.option(
    "--steps", type=int, help="By default 170, 130 for the questions and 150 for the tokens."
)
@click.option("--seed", default=1, show_default=True)
def train(directory: Path, stage: str, steps: int | None, seed: int) -> None:
    """Train a stage, or go on from its last checkpoint; draws the losses at the end.

    For two processes in the first stage, or with --stage tokens in the last, as its 150 steps
    are meant: torchrun --nproc-per-node 2 -m training train
    """
    if stage == PARALLEL:
        training.train(directory, steps=steps or STEPS[stage], seed=seed)
    elif stage == QUESTIONS:
        start = directory / "parallel.safetensors"
        training.save_weakened(_trained(directory, PARALLEL), start, SHARES[PARALLEL])
        answering.train_answering(directory, start, steps=steps or STEPS[stage], seed=seed)
    else:
        matching.train_matching(directory, bundled.ADAPTER, steps=steps or STEPS[stage], seed=seed)
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
    help="Where a run was kept; several times for the mean of several, not with --stage tokens.",
)
@click.option(
    "--stage",
    type=click.Choice([QUESTIONS, TOKENS]),
    default=QUESTIONS,
    show_default=True,
    help="The first two stages as a new adapter, without tokens; or the tokens, to be added to "
    "the adapter that is in the package, on which they were trained.",
)
@click.option("--share", default=SHARES[QUESTIONS], show_default=True, help="Of the second stage.")
def export(directories: tuple[Path, ...], stage: str, share: float) -> None:
    """Put what was trained into the package: the first two stages, then the tokens."""
    if stage == TOKENS:
        if len(directories) > 1:
            raise click.UsageError("tokens of several runs have no mean: give one --directory")
        trained = _trained(directories[0], TOKENS)
        matching.save_with_tokens(bundled.ADAPTER, trained, bundled.ADAPTER)
        return
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
