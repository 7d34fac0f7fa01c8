"""Uploads and downloads a file as MLflow's client does, and says what came back. Arguments: megabytes, name."""
import hashlib
import os
import sys
import tempfile

import mlflow

megabytes, name = int(sys.argv[1]), sys.argv[2]
block = hashlib.sha256(name.encode()).digest() * 32768
digest = hashlib.sha256()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        for _ in range(megabytes):
            file.write(block)
            digest.update(block)
    mlflow.set_experiment("large")
    with mlflow.start_run() as run:
        mlflow.log_artifact(path, "deep/folder")
    os.remove(path)
    back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=f"deep/folder/{name}", dst_path=folder)
    found = hashlib.sha256()
    with open(back, "rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    assert found.hexdigest() == digest.hexdigest(), "other bytes came back"
    listed = mlflow.MlflowClient().list_artifacts(run.info.run_id, "deep/folder")
    print("sha256:" + found.hexdigest(), [(one.path, one.file_size) for one in listed])
