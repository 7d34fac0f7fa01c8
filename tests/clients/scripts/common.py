"""What the scripts share. Each reads back what it wrote, and fails where that is not the same."""

import os
import warnings

# said by MLflow of itself, by hundreds of lines
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
# for each model that it logs the client starts a Python that loads it, to see what it needs: seconds that test nothing here
os.environ.setdefault("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
warnings.filterwarnings("ignore")

import logging

import mlflow
from mlflow.exceptions import MlflowException

logging.getLogger("mlflow").setLevel(logging.ERROR)

client = mlflow.MlflowClient()
is3 = int(mlflow.__version__.split(".")[0]) >= 3
#: Of things whose names both clients would take on one platform.
suffix = "3" if is3 else "2"


def fails(code: str, action, *args, **kwargs) -> str:
    try:
        action(*args, **kwargs)
    except MlflowException as error:
        assert error.error_code == code, f"expected {code}, found {error.error_code}: {error}"
        return str(error)
    raise AssertionError(f"expected {code}, but it went well")


def same(found, expected) -> None:
    assert found == expected, f"expected {repr(expected)[:2000]}, found {repr(found)[:2000]}"


def log_model(flavor, model, name: str, **kwargs):
    """The name of a model became an argument of its own in MLflow 3."""
    return flavor.log_model(model, **({"name": name} if is3 else {"artifact_path": name}), **kwargs)
