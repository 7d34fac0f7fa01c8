"""Becomes the project's script: `python train.py` in a copy of the project's files, with tracking in its environment.

Standard library only: what is installed is the project's. From the exec on nothing of ours is left, so the script's
exit code, output and errors are the step's.
"""

import difflib
import json
import os
import sys


def main():
    with open(os.environ["PAVE_INPUT"], encoding="utf-8") as file:
        params = json.load(file)["params"]
    script = params["script"]
    path = os.path.normpath(script)
    if os.path.isabs(path) or path.split(os.sep)[0] == "..":
        return fail("expected a path within the project, found `%s`; name it from the project's folder" % script)
    if not os.path.isfile(path) or not path.endswith(".py"):
        return fail("expected a Python file of the project, found no `%s`%s" % (script, meant(path)))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, path, *params["arguments"]])


def meant(path):
    found = []
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.normpath(os.path.join(folder, name)) for name in files if name.endswith(".py")]
    close = difflib.get_close_matches(path, found, 1, 0.6)
    if close:
        return "; did you mean `%s`?" % close[0]
    return "; check the path, and that git does not ignore the file"


def fail(message):
    print("error: script: %s" % message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
