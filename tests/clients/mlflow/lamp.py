"""A model without MLflow behind the Python worker's socket: `lamp.py <folder of the worker> <socket>`. Doubles `x`."""

import sys
import tempfile
import time

sys.path.insert(0, sys.argv[1])

from inputs import Input
from outputs import OutputPlan, named_arrays
from problem import ModelProblem
from serve import Server
from watchdog import Shared


class Lamp:
    inputs = [Input(0, {"type": "double", "name": "x"}), Input(1, {"type": "string", "name": "name"})]
    plan = OutputPlan(named_arrays({"twice": [1.0], "word": ["a"]}, 1))

    def run(self, tensors):
        x, names = tensors["x"].reshape(-1), tensors["name"].reshape(-1)
        if x.max() > 100:
            time.sleep(0.5)
        if x.min() < 0:
            raise ModelProblem("the lamp takes no negative numbers")
        return self.plan.fitted(named_arrays({"twice": x * 2, "word": [name + "!" for name in names]}, len(x)))


with tempfile.TemporaryFile() as file:
    file.truncate(16)
    Server(Lamp(), sys.argv[2], Shared(file.fileno())).serve()
