"""Projects as workspaces, for a token that is good for two of them."""

import os

from common import client, fails, mlflow, same

assert {w.name for w in mlflow.list_workspaces()} >= {"clinic", "lab"}, mlflow.list_workspaces()
same(client.get_workspace("clinic").name, "clinic")
fails("RESOURCE_DOES_NOT_EXIST", client.get_workspace, "nowhere")
fails("PERMISSION_DENIED", client.create_workspace, "another")

runs = {}
for name in ("clinic", "lab"):
    mlflow.set_workspace(name)
    experiment = mlflow.set_experiment("of both")
    with mlflow.start_run() as run:
        mlflow.log_text(name, "where.txt")
    runs[name] = (experiment.experiment_id, run.info.run_id)
assert runs["clinic"][0] != runs["lab"][0], runs
for name, other in (("clinic", "lab"), ("lab", "clinic")):
    mlflow.set_workspace(name)
    experiment, run = runs[name]
    same([r.info.run_id for r in mlflow.search_runs(search_all_experiments=True, output_format="list")], [run])
    same(mlflow.artifacts.load_text(f"runs:/{run}/where.txt"), name)
    same([r.info.run_id for r in client.search_runs([e for e, _ in runs.values()])], [run])
    fails("RESOURCE_DOES_NOT_EXIST", client.get_run, runs[other][1])
    fails("RESOURCE_DOES_NOT_EXIST", client.get_experiment, runs[other][0])
    fails("RESOURCE_DOES_NOT_EXIST", client.list_artifacts, runs[other][1])
mlflow.set_workspace(None)
os.environ["MLFLOW_WORKSPACE"] = "lab"
same([e.name for e in mlflow.search_experiments(filter_string="name = 'of both'")], ["of both"])
