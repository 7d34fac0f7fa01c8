"""
Logs models of several flavours with the stock client and registers each with the alias `champion`. Prints a line of JSON:
by model, a row and what the model itself says about it.
"""

import json
import os
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

import mlflow
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

# one environment for all of them, so that it is built once
SKINNY = ["mlflow-skinny==3.17.2", "pandas==3.1.1", "cloudpickle==3.1.3"]
LIBRARIES = [*SKINNY, "scikit-learn==1.9.1", "skops==0.16.0", "xgboost-cpu==3.2.0"]

client = mlflow.MlflowClient()
seen: dict = {}


def register(name: str, uri: str, row: dict, answer) -> None:
    version = mlflow.register_model(uri, name, await_registration_for=0)
    client.set_registered_model_alias(name, "champion", version.version)
    seen[name] = {"row": row, "answer": answer, "version": version.version}


class Custom(mlflow.pyfunc.PythonModel):
    """Answers in columns; does what `mode` says, for `x` above 100 or at once."""

    def __init__(self, mode: str):
        self.mode = mode

    def predict(self, context, model_input, params=None):
        print("what a model prints is nobody's answer")
        values = model_input["x"].tolist()
        if self.mode != "fine" and (self.mode[0].isupper() or max(values) > 100):
            self.misbehave(self.mode.lower(), values)
        return pd.DataFrame(
            {"twice": [2 * value for value in values], "word": [f"{name}!" for name in model_input["name"]]}
        )

    def misbehave(self, mode: str, values: list):
        if mode == "raises":
            raise ValueError("the lamp is broken")
        if mode == "dies":
            os._exit(9)
        if mode == "hangs":
            while True:
                pass
        if mode == "eats":
            hoard = []
            while True:
                hoard.append(np.ones(8 * 2**20))


class SinceNoon(mlflow.pyfunc.PythonModel):
    """Needs what pandas calls a point in time: hours since noon, and its type."""

    def predict(self, context, model_input, params=None):
        at = model_input["at"]
        return pd.DataFrame({"hours": at.dt.hour + at.dt.minute / 60 - 12.0, "type": [str(at.dtype)] * len(at)})


class WrongShape(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [1.0] * (len(model_input) + 1)


def custom(name: str, model, requirements=SKINNY, signature=True) -> None:
    row = pd.DataFrame({"x": [2.5], "name": ["ada"]})
    columns = infer_signature(row, None) if signature else None
    info = mlflow.pyfunc.log_model(
        name=name, python_model=model, signature=columns, input_example=None, pip_requirements=requirements
    )
    answer = {"outputs": {"twice": 5.0, "word": "ada!"}}
    register(name, info.model_uri, {"x": 2.5, "name": "ada"}, answer)


def good() -> None:
    x, y = load_iris(return_X_y=True, as_frame=True)
    row = x.head(1).to_dict("records")[0]
    with mlflow.start_run(run_name="linear"):
        model = LogisticRegression(max_iter=300).fit(x, y)
        mlflow.log_metric("accuracy", model.score(x, y))
        info = mlflow.sklearn.log_model(
            model,
            name="iris-linear",
            signature=infer_signature(x, model.predict(x)),
            input_example=x.head(3),
            pip_requirements=LIBRARIES,
        )
        register("iris-linear", info.model_uri, row, {"label": int(model.predict(x.head(1))[0])})
    with mlflow.start_run(run_name="boosted"):
        model = xgboost.XGBRegressor(n_estimators=10, max_depth=3).fit(x, x.iloc[:, 0] * 2)
        info = mlflow.xgboost.log_model(
            model,
            name="iris-boosted",
            signature=infer_signature(x, model.predict(x)),
            input_example=x.head(3),
            pip_requirements=LIBRARIES,
        )
        register("iris-boosted", info.model_uri, row, {"value": float(model.predict(x.head(1))[0])})
    with mlflow.start_run(run_name="custom"):
        custom("twice", Custom("fine"), LIBRARIES)
        custom("guarded", Custom("hangs"), LIBRARIES)
        example = pd.DataFrame({"at": pd.to_datetime(["2026-03-01T12:30:00"])})
        info = mlflow.pyfunc.log_model(
            name="since-noon",
            python_model=SinceNoon(),
            signature=infer_signature(example, None),
            input_example=example,
            pip_requirements=LIBRARIES,
        )
        answer = {"outputs": {"hours": 1.5, "type": "datetime64[ns]"}}
        register("since-noon", info.model_uri, {"at": "2026-03-01T15:30:00+02:00"}, answer)


def endless(folder: str) -> None:
    """One of Python, and a folder with an ONNX file whose loop does not end."""
    with mlflow.start_run(run_name="endless") as run:
        mlflow.log_artifacts(folder, "endless")
        register("endless", f"runs:/{run.info.run_id}/endless", {}, None)
        custom("hangs", Custom("Hangs"), LIBRARIES)


def bad() -> None:
    with mlflow.start_run(run_name="bad"):
        custom("raises", Custom("Raises"), LIBRARIES)
        custom("dies", Custom("Dies"), LIBRARIES)
        custom("eats", Custom("Eats"), LIBRARIES)
        custom("wrong-shape", WrongShape(), LIBRARIES)
        custom("unsigned", Custom("fine"), LIBRARIES, signature=False)
        custom("unbuildable", Custom("fine"), [*SKINNY, "pandas-that-nobody-made==9.9.9"])
        custom("from-elsewhere", Custom("fine"), [*SKINNY, "git+https://example.com/code.git"])


mlflow.set_experiment(os.environ["PAVE_TEST_PROJECT"])
{"good": good, "bad": bad, "endless": endless}[sys.argv[1]](*sys.argv[2:])
print(json.dumps(seen))
