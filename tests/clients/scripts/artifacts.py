"""Files of all kinds, put and got back byte by byte."""

import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from common import client, fails, mlflow, same
from requests import HTTPError

mlflow.set_experiment("files")
with mlflow.start_run() as run:
    mlflow.log_dict({"a": [1, 2]}, "config/settings.json")
    mlflow.log_dict({"a": [1, 2]}, "config/settings.yaml")
    mlflow.log_text("hello ✓", "notes.txt")
    mlflow.log_text("", "empty/nothing.txt")
    for number in range(2):
        mlflow.log_table({"question": [f"q{number}"], "score": [number / 2]}, "tables/answers.json")
    mlflow.log_table(pd.DataFrame({"x": [1, 2, 3]}), "tables/frame.parquet")
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), "plots/black.png")
id_, root = run.info.run_id, run.info.artifact_uri

listed = {f.path: (f.is_dir, f.file_size) for f in client.list_artifacts(id_)}
same(listed.pop("notes.txt"), (False, len("hello ✓".encode())))
same(listed, {name: (True, None) for name in ("config", "empty", "plots", "tables")})
same(sorted(f.path for f in client.list_artifacts(id_, "config")), ["config/settings.json", "config/settings.yaml"])
same((client.list_artifacts(id_, "notes.txt"), client.list_artifacts(id_, "nowhere")), ([], []))
same(mlflow.artifacts.load_text(f"runs:/{id_}/notes.txt"), "hello ✓")
same(mlflow.artifacts.load_text(f"{root}/empty/nothing.txt"), "")
same(mlflow.artifacts.load_dict(f"{root}/config/settings.json"), {"a": [1, 2]})
same(mlflow.artifacts.load_image(f"{root}/plots/black.png").size, (4, 4))
table = mlflow.load_table("tables/answers.json", run_ids=[id_])
same((list(table["question"]), list(table["score"])), (["q0", "q1"], [0.0, 0.5]))
same(list(mlflow.load_table("tables/frame.parquet", run_ids=[id_])["x"]), [1, 2, 3])

content = {
    "plain.txt": b"plain",
    "empty.bin": b"",
    "with space.txt": b"spaced",
    "ünïcödé/日本語 ✓.txt": "ü".encode(),
    "a+b&c=d;e@f,g.txt": b"signs",
    "/".join(f"level {depth}" for depth in range(12)) + "/deep.txt": b"deep",
    "deep/er/all bytes.bin": bytes(range(256)) * 20_000,
    ".hidden/.file": b"hidden",
}
with tempfile.TemporaryDirectory() as folder:
    source = Path(folder) / "source"
    for path, data in content.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(data)
    client.log_artifacts(id_, str(source), "tree")
    client.log_artifact(id_, str(source / "with space.txt"), "single/ö")
    copied = Path(mlflow.artifacts.download_artifacts(run_id=id_, artifact_path="tree", dst_path=f"{folder}/copy"))
    found = {str(p.relative_to(copied)): p.read_bytes() for p in copied.rglob("*") if p.is_file()}
    same(sorted(found), sorted(content))
    same([path for path in content if found[path] != content[path]], [])
    same(Path(client.download_artifacts(id_, "single/ö/with space.txt", folder)).read_bytes(), b"spaced")
    # a file that is logged again is replaced
    client.log_text(id_, "second", "tree/plain.txt")
    same(mlflow.artifacts.load_text(f"{root}/tree/plain.txt"), "second")
    try:
        client.log_text(id_, "x", "tree/plain.txt/below.txt")
        raise AssertionError("a file became a folder")
    except HTTPError as error:
        assert "INVALID_PARAMETER_VALUE" in str(error), error
same(len(client.list_artifacts(id_, "tree")), len(content))
fails("RESOURCE_DOES_NOT_EXIST", mlflow.artifacts.download_artifacts, f"runs:/{'0' * 32}/notes.txt")
