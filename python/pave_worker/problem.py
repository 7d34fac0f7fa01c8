"""What is wrong with a model, in one sentence for the person who made it."""


class ModelProblem(Exception):
    pass


def sentence_of(error, limit=300):
    """The first line of what was raised, with its kind: a traceback is in the log."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    named = "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
    return named if len(named) <= limit else named[: limit - 1] + "…"
