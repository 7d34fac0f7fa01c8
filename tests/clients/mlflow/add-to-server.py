"""What comes to a server after it was copied: add-to-server.py URL RUN MODEL. Through the client, as people do it."""

import json
import os
import sys

os.environ["MLFLOW_TRACKING_URI"] = sys.argv[1]

from mlflow import MlflowClient

url, run_id, model = sys.argv[1:]
client = MlflowClient(url, url)
experiment = client.get_experiment_by_name("Default").experiment_id
new = client.create_run(experiment, run_name="after the first copy")
client.log_metric(new.info.run_id, "loss", 0.25, step=1)
client.log_text(new.info.run_id, "late", "late.txt")
client.set_terminated(new.info.run_id)
# on what was copied before
client.log_text(run_id, "added", "added/later.txt")
client.set_tag(run_id, "added", "later")
client.log_metric(run_id, "loss", 0.01, step=900)
client.set_registered_model_alias(model, "newest", "1")
print(json.dumps(new.info.run_id))
