"""Scores a model folder once and says what was found: the ModelCheck of packages/contract/src/gateway.ts."""

import json
import os
import time

from inputs import row_tensors
from model import PyfuncModel
from problem import ModelProblem

TOLERANCE = 1e-4
BATCH_ROWS = 64


def check_model(folder):
    """Never raises for what is wrong with the model."""
    found = {
        "ok": False,
        "rows": 0,
        "maxDifference": None,
        "loadMs": None,
        "p50Ms": None,
        "batchMs": None,
        "rssBytes": None,
        "signature": None,
        "inputExample": None,
    }
    try:
        empty = resident_bytes()
        started = time.perf_counter()
        model = PyfuncModel(folder)
        found["loadMs"] = milliseconds(started)
        found["signature"] = [each.feature() for each in model.inputs]
        found["inputExample"] = example_row(model)
        found["rows"], found["maxDifference"] = compare(model, folder)
        row = {name: array[:1] for name, array in model.example_tensors().items()}
        found["p50Ms"] = median_ms(model, row)
        found["batchMs"] = batch_ms(model, row, found["p50Ms"])
        found["heldBytes"] = max(0, resident_bytes() - empty)
        found["ok"] = True
    except ModelProblem as problem:
        found["problem"] = str(problem)
    found["rssBytes"] = resident_bytes()
    return found


def example_row(model):
    """The first row by feature, as callers send it."""
    if not model.has_example:
        return None
    row = {}
    for each in model.inputs:
        value = row_tensors([each], model.example[:1])[each.name][0].tolist() if each.row_shape else None
        if value is None:
            array = row_tensors([each], model.example[:1])[each.name]
            value = array.reshape(-1).tolist()[0]
        row[each.name] = None if value != value else value
    return row


def compare(model, folder):
    """(rows, largest difference) to the outputs that `reference.json` has; the example's rows where there is none."""
    try:
        with open(os.path.join(folder, "reference.json"), encoding="utf-8") as file:
            reference = json.load(file)
        rows, expected = reference["inputs"], reference["outputs"]
    except FileNotFoundError:
        return len(model.example), None
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelProblem('reference.json cannot be read; expected {"inputs": [rows], "outputs": [rows]}') from None
    outputs = model.run(row_tensors(model.inputs, rows))
    largest = 0.0
    for at, recorded in enumerate(expected):
        for name, value in recorded.items():
            if name not in outputs or isinstance(value, (list, dict)):
                continue
            scored = outputs[name][1][at].tolist()
            largest = max(largest, difference(name, at, value, scored))
    return len(rows), largest


def difference(name, at, recorded, scored):
    if isinstance(recorded, (int, float)) and isinstance(scored, (int, float)):
        found = abs(scored - recorded) / max(1.0, abs(recorded))
        if found <= TOLERANCE:
            return found
    elif recorded == scored:
        return 0.0
    raise ModelProblem(
        "reference row %d: expected %s %s as recorded in training, found %s in serving (allowed difference %s)"
        % (at + 1, name, recorded, scored, TOLERANCE)
    )


def median_ms(model, tensors):
    times, until = [], time.perf_counter() + 0.5
    while len(times) < 21 and (len(times) < 3 or time.perf_counter() < until):
        started = time.perf_counter()
        model.run(tensors)
        times.append(milliseconds(started))
    return sorted(times)[len(times) // 2]


def batch_ms(model, row, row_ms):
    """A model that takes long for few rows is not asked for many: the check has its own time limit."""
    known_rows, known_ms = 1, row_ms
    for rows in (8, BATCH_ROWS):
        if known_ms / known_rows * rows > 1000:
            break
        known_rows = rows
        known_ms = median_ms(model, {name: array.repeat(rows, axis=0) for name, array in row.items()})
    return round(known_ms / known_rows * BATCH_ROWS, 3)


def milliseconds(started):
    return round((time.perf_counter() - started) * 1000, 3)


def resident_bytes():
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
