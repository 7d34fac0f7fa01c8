"""Runs a notebook of the project from its first cell to its last, in a kernel of the locked environment.

Parameters are set as papermill does: in a cell of their own behind the one that is tagged `parameters`, or at the top
where there is none. The notebook is written with its outputs to $PAVE_OUTPUT/notebook.ipynb after each cell, so that one
that is stopped leaves what it had done. The first cell that fails ends the step with one line that names it. nbformat, nbclient and ipykernel are the project's; the rest is the standard
library.
"""

import json
import keyword
import os
import sys
import time

NEEDED = ("nbformat", "nbclient", "ipykernel")


def main():
    with open(os.environ["PAVE_INPUT"], encoding="utf-8") as file:
        params = json.load(file)["params"]
    notebook, parameters = params["notebook"], params["parameters"]
    path = os.path.normpath(notebook)
    if os.path.isabs(path) or path.split(os.sep)[0] == "..":
        return fail("notebook: expected a path within the project, found `%s`" % notebook)
    if not path.endswith(".ipynb") or not os.path.isfile(path):
        return fail("notebook: expected a notebook of the project, found no `%s`; check the path, and that git does not ignore the file" % notebook)
    for name in parameters:
        if not name.isidentifier() or keyword.iskeyword(name):
            return fail("parameters: expected names as Python has them, found `%s`; rename it" % name)
    missing = [name for name in NEEDED if not is_there(name)]
    if missing:
        return fail("%s: expected %s in the project's Python packages, found no %s; add `nbclient` and `ipykernel` to what is locked, and lock again" % (notebook, " and ".join(NEEDED), ", ".join(missing)))
    return execute(path, parameters)


def is_there(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False


def execute(path, parameters):
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # whatever is wrong with it, it is the file
        return fail("%s: expected a notebook, found something else: %s" % (path, first_line(error)))
    problem = set_parameters(notebook, parameters, nbformat)
    if problem:
        return fail("%s: %s" % (path, problem))
    folder = os.path.dirname(path) or "."
    client = NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": folder}})
    save = saver(notebook, nbformat)
    client.on_cell_executed = lambda cell, **_: (save(), report(cell))
    save()
    started = time.monotonic()
    try:
        client.execute()
    except CellExecutionError as error:
        place, source = failing_cell(notebook)
        print(getattr(error, "traceback", ""), file=sys.stderr)
        return fail("%s, %s%s: %s: %s" % (path, place, source, error.ename, first_line(error.evalue)))
    except DeadKernelError:
        place, source = failing_cell(notebook)
        return fail("%s, %s%s: the kernel died; it may have used more memory than the step has" % (path, place, source))
    except AssertionError:
        # asked to end, nbclient ends the kernel, and then finds none where it looks for it
        if client.km is not None:
            raise
        place, source = failing_cell(notebook)
        return fail("%s, %s%s: stopped before it was done" % (path, place, source))
    finally:
        save()
    print("%s: all cells ran, in %.1f s" % (path, time.monotonic() - started))
    return 0


def set_parameters(notebook, parameters, nbformat):
    """Puts a cell with the values in; what stands there from an earlier execution goes."""
    tags = lambda cell: cell.metadata.get("tags", [])
    notebook.cells = [cell for cell in notebook.cells if "injected-parameters" not in tags(cell)]
    if not parameters:
        return None
    places = [index for index, cell in enumerate(notebook.cells) if "parameters" in tags(cell)]
    if len(places) > 1:
        return "expected one cell tagged `parameters`, found %d; keep one" % len(places)
    lines = ["# Parameters of this run", *("%s = %r" % pair for pair in parameters.items())]
    cell = nbformat.v4.new_code_cell("\n".join(lines), metadata={"tags": ["injected-parameters"]})
    if notebook.nbformat_minor < 5:
        cell.pop("id", None)
    notebook.cells.insert(places[0] + 1 if places else 0, cell)
    return None


def saver(notebook, nbformat):
    """Writes the notebook as it is now. A kill at any moment leaves a whole one: this, or the one before."""
    path = os.path.join(os.environ["PAVE_OUTPUT"], "notebook.ipynb")

    def save():
        nbformat.write(notebook, path + ".draft")
        os.replace(path + ".draft", path)

    return save


def report(cell):
    """What a cell printed goes to the step's log, too: people look there first."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            print(output.text, end="", file=sys.stderr if output.name == "stderr" else sys.stdout)
    sys.stdout.flush()


def failing_cell(notebook):
    """The last cell that was begun, as people count: the first is cell 1. Cells of text count as well."""
    begun = [
        (index, cell)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (cell.get("execution_count") or cell.get("outputs"))
    ]
    failed = [pair for pair in begun if any(output.output_type == "error" for output in pair[1].get("outputs", []))]
    if not begun:
        return "its first cell", ""
    index, cell = (failed or begun)[-1]
    lines = [line for line in cell.source.split("\n") if line.strip()]
    return "cell %d" % (index + 1), " (`%s`)" % lines[0].strip()[:80] if lines else ""


def first_line(error):
    return (str(error).strip().split("\n") or [""])[0][:300]


def fail(message):
    sys.stdout.flush()
    print("error: %s" % message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
