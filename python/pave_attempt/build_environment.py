"""Makes one Python environment from a lock, in the place where it stays (environments cannot be moved).

    python3 -I build_environment.py <request.json>

The request: {"path", "lockFile", "requirements" (text), "lock" (its name in messages), "uv" (path or null),
"allowSource", "cache", "interpreter"}. The environment is complete when `<path>/pave-environment.json` is there, which
is written last. Whoever comes second waits for the first (flock) and finds it done.

With uv or with pip the same packages are installed and nothing else: no pip, no setuptools. With `allowSource` false
nothing but wheels is taken and no code of any package runs, also not to compile: a wheel may bring a .pth file, so the
plain interpreter compiles, which does not look into the environment.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

MARKER = "pave-environment.json"


def main(request_path):
    os.umask(0o022)
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    lock = os.open(request["lockFile"], os.O_RDWR | os.O_CREAT, 0o666)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if os.path.exists(os.path.join(request["path"], MARKER)):
        say("the environment is there already")
        return 0
    return build(request)


def build(request):
    started = time.monotonic()
    path = request["path"]
    empty(path)
    requirements = os.path.join(path, "requirements.txt")
    with open(requirements, "w", encoding="utf-8") as file:
        file.write(request["requirements"])
    install = install_with_uv if request["uv"] else install_with_pip
    code = install(request, requirements)
    if code != 0:
        return code
    say("compiling")
    site = site_packages(path)
    # Tests that packages bring along are nearly half of their code, and hardly anybody runs them.
    options = ["-q", "-j", "0", "-x", r"[/\\]tests?[/\\]"]
    subprocess.run([request["interpreter"], "-I", "-S", "-m", "compileall", *options, site], stdout=subprocess.DEVNULL)
    result = {
        "tool": "uv" if request["uv"] else "pip",
        "packages": installed(site),
        "seconds": round(time.monotonic() - started, 3),
    }
    write_whole(os.path.join(path, MARKER), result)
    say("%d packages in %.1f s" % (len(result["packages"]), result["seconds"]))
    return 0


def install_with_uv(request, requirements):
    uv, path = request["uv"], request["path"]
    say("installing %s with %s" % (request["lock"], version_of([uv, "--version"])))
    os.environ.update(UV_CACHE_DIR=request["cache"], UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    common = ["--no-config", "--python"]
    made = run([uv, "venv", "--quiet", "--allow-existing", *common, request["interpreter"], path])
    if made != 0:
        return made
    binary = [] if request["allowSource"] else ["--only-binary", ":all:"]
    python = os.path.join(path, "bin", "python")
    return run([uv, "pip", "install", "--require-hashes", *binary, *common, python, "-r", requirements])


def install_with_pip(request, requirements):
    """pip works from outside (22.3 or newer): the interpreter's own, or one in an environment beside this one."""
    interpreter, path = request["interpreter"], request["path"]
    made = run([interpreter, "-I", "-m", "venv", "--without-pip", path])
    if made != 0:
        return made
    recent = "import pip; assert tuple(map(int, pip.__version__.split('.')[:2])) >= (22, 3)"
    if run([interpreter, "-I", "-c", recent], quiet=True) == 0:
        outside = interpreter
    else:
        helper = os.path.join(request["cache"], "helper")
        made = run([interpreter, "-I", "-m", "venv", "--clear", helper])
        if made != 0:
            return made
        outside = os.path.join(helper, "bin", "python")
    pip = [outside, "-I", "-m", "pip"]
    say("installing %s with %s" % (request["lock"], version_of([*pip, "--version"])))
    binary = [] if request["allowSource"] else ["--only-binary", ":all:"]
    quiet = ["--no-input", "--no-compile", "--progress-bar", "off", "--disable-pip-version-check"]
    options = [*quiet, "--retries", "2", "--cache-dir", request["cache"], "--require-hashes", *binary]
    return run([*pip, "--python", os.path.join(path, "bin", "python"), "install", *options, "-r", requirements])


def installed(site):
    """Name and version of what is there, from the metadata folders of the packages."""
    packages = []
    for name in sorted(os.listdir(site)):
        if not name.endswith(".dist-info"):
            continue
        with open(os.path.join(site, name, "METADATA"), encoding="utf-8", errors="replace") as file:
            found = {}
            for line in file:
                key, _, value = line.partition(":")
                if key in ("Name", "Version"):
                    found.setdefault(key, value.strip())
                if line == "\n" or len(found) == 2:
                    break
        packages.append({"name": found["Name"], "version": found["Version"]})
    return packages


def site_packages(path):
    library = os.path.join(path, "lib")
    [python] = [name for name in os.listdir(library) if name.startswith("python")]
    return os.path.join(library, python, "site-packages")


def empty(path):
    """What a killed build left; the folder itself may have been made for us."""
    os.makedirs(path, exist_ok=True)
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def run(command, quiet=False):
    target = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=target, stderr=target).returncode


def version_of(command):
    words = subprocess.run(command, capture_output=True, text=True).stdout.split()
    return " ".join(words[:2])


def say(text):
    print(text, flush=True)


def write_whole(path, value):
    draft = path + ".draft"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
