"""Webhooks of the registry, made by the client and received by a server of this script."""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from common import client, fails, mlflow, same

received: list[tuple[dict, dict, str]] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        received.append((json.loads(body), dict(self.headers), body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"taken")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/hook"

events = ["registered_model.created", "model_version_alias.created", "model_version_alias.deleted"]
webhook = client.create_webhook("told", url, events, description="of the lab", secret="a secret")
assert webhook.secret is None, webhook
same((webhook.name, webhook.url, str(webhook.status), webhook.description), ("told", url, "ACTIVE", "of the lab"))
same([str(e) for e in webhook.events], events)
same([w.webhook_id for w in client.list_webhooks()], [webhook.webhook_id])
same(client.get_webhook(webhook.webhook_id).url, url)
fails("INVALID_PARAMETER_VALUE", client.create_webhook, "bad url", "ftp://127.0.0.1/x", events)
fails("INVALID_PARAMETER_VALUE", client.create_webhook, "-bad name-", url, events)
fails("RESOURCE_DOES_NOT_EXIST", client.get_webhook, "00000000-0000-0000-0000-000000000000")

result = client.test_webhook(webhook.webhook_id)
same((result.success, result.response_status, result.response_body), (True, 200, "taken"))
client.create_registered_model("announced", tags={"a": "b"}, description="d")
until = time.monotonic() + 20
told = []
while not told and time.monotonic() < until:
    time.sleep(0.05)
    # other scripts make models too
    told = [one for one in received if one[0]["data"]["name"] == "announced"]
same(received[0][0]["data"], {"name": "example_model", "tags": {"example_key": "example_value"}, "description": "An example registered model"})
[(payload, headers, body)] = told
same((payload["entity"], payload["action"], payload["workspace"]), ("registered_model", "created", os.environ["PROJECT"]))
same(payload["data"], {"name": "announced", "tags": {"a": "b"}, "description": "d"})
signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.{body}".encode()
digest = hmac.new(b"a secret", signed, hashlib.sha256).digest()
same(headers["X-MLflow-Signature"], f"v1,{base64.b64encode(digest).decode()}")

updated = client.update_webhook(webhook.webhook_id, name="renamed", status="DISABLED", events=["model_version.created"])
same((updated.name, str(updated.status), [str(e) for e in updated.events]), ("renamed", "DISABLED", ["model_version.created"]))
client.delete_webhook(webhook.webhook_id)
same(list(client.list_webhooks()), [])
