"""
Runs the scripts that are named, each in a process of its own that is forked off this one: MLflow and what it needs are
loaded once. Two at a time; prints a line of JSON for each.
"""

import json
import os
import runpy
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

folder = Path(__file__).parent
sys.path.insert(0, str(folder))

import common  # noqa: F401
import lightgbm  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import mlflow.lightgbm
import mlflow.sklearn
import mlflow.xgboost  # noqa: F401
import sklearn.linear_model  # noqa: F401
import xgboost  # noqa: F401


def fork(script: str, output: str) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        runpy.run_path(str(folder / f"{script}.py"), run_name="__main__")
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def play(script: str) -> None:
    began = time.monotonic()
    with tempfile.NamedTemporaryFile() as output:
        code = os.waitstatus_to_exitcode(os.waitpid(fork(script, output.name), 0)[1])
        said = Path(output.name).read_text(errors="replace")
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"script": script, "ok": code == 0, "seconds": seconds, "said": said[-4000:]}), flush=True)


with ThreadPoolExecutor(2) as pool:
    list(pool.map(play, sys.argv[1:]))
