"""A run of training that can be stopped at any step and taken up again."""

from __future__ import annotations

import json
import math
import os
import time
from typing import TYPE_CHECKING, Any, Protocol

import torch
from safetensors.torch import save_file
from torch import distributed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from torch import Tensor
    from torch.nn import Parameter

WARM_UP = 15
CHECKPOINT_EVERY = 10


class Student(Protocol):
    """A module that is trained."""

    def adapter(self) -> dict[str, Tensor]:
        """What it has learned, as it is to be shipped."""
        ...

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """See `torch.nn.Module`, as for what follows."""
        ...

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = ...) -> object:  # noqa: FBT001 - PyTorch's
        """Take over what a checkpoint holds."""
        ...


class Run:
    """The optimiser of a student, its checkpoints and its log.

    Args:
        directory: Made where it is missing; a checkpoint in it is taken up.
        student: Its parameters are trained, those that ask for a gradient.
        steps: To take in all. The rate falls to nearly nothing at the last one.
        peak: The highest rate.
        faster: How many times that rate single parameters have, by their names. The gradients
            of those with one rate are cut together.

    Attributes:
        first: The step to go on with, from 0.
    """

    def __init__(
        self,
        directory: Path,
        student: Student,
        steps: int,
        peak: float,
        faster: Mapping[str, float] | None = None,
    ) -> None:
        self._directory = directory
        self._student = student
        self._steps = steps
        self._peak = peak
        self._groups: dict[float, list[Parameter]] = {}
        for name, parameter in student.named_parameters():
            if parameter.requires_grad:
                self._groups.setdefault((faster or {}).get(name, 1.0), []).append(parameter)
        self._optimiser = torch.optim.AdamW(
            [{"params": group} for group in self._groups.values()],
            lr=peak,
            betas=(0.9, 0.98),
            weight_decay=0.0,
        )
        self._began = time.time()
        self.first = 0
        directory.mkdir(parents=True, exist_ok=True)
        self._checkpoint = directory / "checkpoint.pt"
        if self._checkpoint.exists():
            state = torch.load(self._checkpoint)
            self.first = state["step"]
            student.load_state_dict(state["adapter"], strict=False)
            self._optimiser.load_state_dict(state["optimiser"])

    def rate(self, step: int) -> float:
        """The learning rate of a step: it rises in a line, and falls by a cosine."""
        return (
            self._peak
            * min(1.0, (step + 1) / WARM_UP)
            * (0.02 + 0.98 * (1 + math.cos(math.pi * step / self._steps)) / 2)
        )

    def take(self, step: int, loss: Tensor, figures: Mapping[str, float]) -> None:
        """Take one step, and note it.

        Several processes take it together, by the mean of their gradients; the first of them
        keeps the log and the checkpoints.

        Args:
            step: From 0.
            loss: To be less.
            figures: What goes into the log beside the step and the rate.
        """
        for factor, group in zip(self._groups, self._optimiser.param_groups, strict=True):
            group["lr"] = factor * self.rate(step)
        self._optimiser.zero_grad()
        torch.autograd.backward(loss)
        for parameters in self._groups.values():
            if distributed.is_initialized():
                for parameter in parameters:
                    distributed.all_reduce(parameter.grad, distributed.ReduceOp.SUM)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        self._optimiser.step()
        if os.environ.get("RANK", "0") != "0":
            return
        self._note(
            {
                "step": step,
                **{name: round(value, 4) for name, value in figures.items()},
                "rate": self.rate(step),
                "s": round(time.time() - self._began),
            }
        )
        if (step + 1) % CHECKPOINT_EVERY == 0 or step + 1 == self._steps:
            self._save(step + 1)

    def _note(self, line: Mapping[str, float]) -> None:
        with (self._directory / "log.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _save(self, step: int) -> None:
        save_file(self._student.adapter(), self._directory / f"adapter-{step:05}.safetensors")
        part = self._checkpoint.with_suffix(".part")
        adapter = {name: p.data for name, p in self._student.named_parameters()}
        state = {"step": step, "adapter": adapter, "optimiser": self._optimiser.state_dict()}
        torch.save(state, part)
        part.replace(self._checkpoint)
