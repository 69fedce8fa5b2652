"""What the bot remembers besides the corpus: a database of its own, one module a subject.

Of moderators it knows who they are; of members only what they asked to be told, see `gaps`.
"""
