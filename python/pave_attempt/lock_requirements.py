"""Settles which packages a list of requirements means, as a lock in pip's format on standard output.

    python3 -I lock_requirements.py <request.json>

The request: {"requirements" (text), "work" (a folder), "uv" (path or null), "cache", "interpreter"}. Wheels only, so no
code of any package runs. What the installer says goes to standard error.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from build_environment import run


def main(request_path):
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    requirements = os.path.join(request["work"], "requirements-%d.txt" % os.getpid())
    with open(requirements, "w", encoding="utf-8") as file:
        file.write(request["requirements"])
    try:
        return (lock_with_uv if request["uv"] else lock_with_pip)(request, requirements)
    finally:
        os.unlink(requirements)


def lock_with_uv(request, requirements):
    os.environ.update(UV_CACHE_DIR=request["cache"], UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    options = ["--no-config", "--python", request["interpreter"], "--only-binary", ":all:", "--generate-hashes"]
    silent = ["--no-header", "--no-annotate", "--quiet"]
    return subprocess.run([request["uv"], "pip", "compile", *options, *silent, requirements]).returncode


def lock_with_pip(request, requirements):
    """pip's report of what it would install (22.2 or newer); its own pip, or one in an environment beside this one."""
    pip = pip_of(request)
    if pip is None:
        return 1
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2", "--cache-dir", request["cache"]]
    options = ["--dry-run", "--ignore-installed", "--report", "-", "--only-binary", ":all:"]
    done = subprocess.run([*pip, "install", *quiet, *options, "-r", requirements], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return done.returncode
    for item in json.loads(done.stdout)["install"]:
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        archive = item["download_info"].get("archive_info", {})
        digest = archive.get("hashes", {}).get("sha256") or archive.get("hash", "").replace("sha256=", "")
        if not digest:
            print("the package index gives no sha256 of %s==%s" % (name, version), file=sys.stderr)
            return 1
        print("%s==%s --hash=sha256:%s" % (name, version, digest))
    return 0


def pip_of(request):
    interpreter = request["interpreter"]
    recent = "import pip; assert tuple(map(int, pip.__version__.split('.')[:2])) >= (22, 3)"
    if run([interpreter, "-I", "-c", recent], quiet=True) == 0:
        return [interpreter, "-I", "-m", "pip"]
    helper = os.path.join(request["cache"], "helper")
    if run([interpreter, "-I", "-m", "venv", "--clear", helper]) != 0:
        return None
    return [os.path.join(helper, "bin", "python"), "-I", "-m", "pip"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
