"""Runs a model of any MLflow flavour for the gateway, in the environment that the model records.

    python -I main.py check <model folder>
        prints a ModelCheck as one line of JSON, and exits 0 when the model is fine
    python -I main.py serve <model folder> <socket> <memory bytes> <start seconds>
        keeps a process going that answers on the socket (watchdog.py); exits 1 when the model cannot be loaded
    python -I main.py model <model folder> <socket> <descriptor>
        that process (serve.py)

Standard library only: what else is imported is the model's own environment. What a model prints goes to stderr.
"""

import ctypes
import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main(arguments):
    task, folder, *rest = arguments
    if task == "serve":
        from watchdog import watch

        path, memory_bytes, start_seconds = rest
        return watch(folder, path, int(memory_bytes), float(start_seconds))
    answers = quiet_stdout()
    if task == "check":
        return check(folder, answers)
    if task == "model":
        return serve(folder, *rest)
    raise SystemExit("expected check, serve or model, found %s" % task)


def quiet_stdout():
    """The descriptor for answers. What the model prints there goes to stderr from now on, native code's too."""
    answers = os.dup(1)
    os.dup2(2, 1)
    os.set_inheritable(answers, False)
    return answers


def check(folder, answers):
    from check import check_model

    found = check_model(folder)
    sys.stdout.flush()
    os.write(answers, (json.dumps(found) + "\n").encode("utf-8"))
    # threads of the model may never end
    os._exit(0 if found["ok"] else 1)


def serve(folder, path, descriptor):
    die_with_parent()
    from model import PyfuncModel
    from problem import ModelProblem
    from serve import Server
    from watchdog import Shared, say

    try:
        model = PyfuncModel(folder)
    except ModelProblem as problem:
        say(str(problem))
        os._exit(1)
    Server(model, path, Shared(int(descriptor))).serve()
    os._exit(0)


def die_with_parent():
    """Its watchdog is the only one that would end it when it is stuck."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent or parent == 1:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
