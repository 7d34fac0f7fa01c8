class Problem(Exception):
    """What the person who runs the step can put right, in its data or parameters; shown without a stack trace."""
