"""Runs one command for Pave's runner and outlives whoever started it.

    python3 -I -S supervise.py <folder>

`<folder>/spec.json` says what to run. Three files are written, each whole or not at all:
  supervisor.json  pid and start time; made with link(2), so of two supervisors on a folder the later one leaves
  <log>            one JSON line per piece of output: {"o": offset in the text so far, "t": ms, "s": stream, "x": text}
  exit.json        what happened; the very last thing, after nothing of the step is alive any more

Started as root with a `uid` in the spec, it stays root while the step runs as that user, so the step can neither stop
it nor forge what it reports. Standard library only, Python 3.9 or newer.

The step ends in one of these ways (`reason` in exit.json):
  null       by itself: see exitCode and signal
  timeout    TERM to its process group, KILL to everything 5 s later
  cancelled  the same, because the supervisor got SIGTERM
  oom        KILL at once: its processes together used more memory than `memoryBytes`
  disk-limit KILL at once: it took more disk than `disk.maxBytes`
  disk-full  KILL at once: less than `disk.minFreeBytes` were left on the disk, and what it took would give them back
  start      it could not be started: see message
"""

import json
import os
import selectors
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from attempt_log import AttemptLog
from disk import DiskWatch
from masking import find_secrets, mask_text
from outputs import printable, seal_outputs
from processes import become_reaper, count_oom_kills, descendants, kill_everything, measure_memory, start_time_of
from step_process import StartError, start_step

GRACE_SECONDS = 5.0
CHUNK_BYTES = 65536


def main(folder):
    with open(os.path.join(folder, "spec.json"), encoding="utf-8") as file:
        spec = json.load(file)
    # Before the claim: whose runner was killed while it told them has not begun.
    secrets = read_secrets() if spec.get("takesSecrets") else {"env": {}, "masks": []}
    if not claim(folder):
        return
    spec["env"] = {**spec["env"], **secrets["env"]}
    spec["masks"] = secrets["masks"]
    result = Supervisor(spec).run()
    write_whole(os.path.join(folder, "exit.json"), result)


def read_secrets():
    """What the runner tells over a pipe, because it stands in no file."""
    secrets = json.loads(sys.stdin.buffer.read())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return secrets


def claim(folder):
    """False when another supervisor has this folder."""
    path = os.path.join(folder, "supervisor.json")
    draft = "%s.%d" % (path, os.getpid())
    with open(draft, "w", encoding="utf-8") as file:
        json.dump({"pid": os.getpid(), "startTime": start_time_of(os.getpid())}, file)
    try:
        os.link(draft, path)
        return True
    except FileExistsError:
        return False
    finally:
        os.unlink(draft)


class Supervisor:
    def __init__(self, spec):
        self.spec = spec
        self.log = AttemptLog(spec["log"], spec["logLimitBytes"], spec["masks"])
        self.selector = selectors.DefaultSelector()
        self.reason = None
        self.kill_at = None
        self.status = None
        self.peak_bytes = 0
        disk = spec["disk"]
        self.disk = DiskWatch(disk, spec["uid"] if spec["ownsUid"] else None) if disk else None
        self.cpu_seconds = 0.0
        self.pid = None

    def run(self):
        become_reaper()
        self.listen_to_signals()
        kill_everything(self.spec)
        started_at, started, oom_kills = time.time(), time.monotonic(), count_oom_kills()
        message = None
        try:
            if self.reason is None:
                self.pid, stdout, stderr = start_step(self.spec)
                self.watch(stdout, "stdout")
                self.watch(stderr, "stderr")
                self.supervise(started)
        except StartError as error:
            self.reason, message = "start", str(error)
        finished_at, seconds = time.time(), time.monotonic() - started
        self.finish()
        exit_code, exit_signal = exit_of(self.status)
        return {
            "reason": self.reason,
            "message": message,
            "exitCode": exit_code,
            "signal": exit_signal,
            "startedAt": int(started_at * 1000),
            "finishedAt": int(finished_at * 1000),
            "wallSeconds": round(seconds, 4),
            "cpuSeconds": round(self.cpu_seconds, 4),
            "peakMemoryBytes": self.peak_bytes,
            "diskBytes": self.disk.used_bytes if self.disk else 0,
            "oomKilled": exit_signal == "SIGKILL" and self.reason is None and count_oom_kills() > oom_kills,
            "stdoutTail": self.log.tail("stdout"),
            "stderrTail": self.log.tail("stderr"),
            "outputs": self.seal() if self.spec["outputs"] else None,
        }

    def seal(self):
        outputs = seal_outputs(self.spec["outputs"], self.spec["uid"])
        for path, name in find_secrets(self.spec["outputs"]["folder"], outputs["files"], self.spec["masks"]):
            outputs["problems"].append("%s: has the value of the secret %s in it" % (printable(path), name))
            outputs["files"] = [file for file in outputs["files"] if file["path"] != path]
        # A name may be what gives it away.
        outputs["problems"] = [mask_text(problem, self.spec["masks"]) for problem in outputs["problems"]]
        return outputs

    def listen_to_signals(self):
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.stop("cancelled"))
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        self.selector.register(reader, selectors.EVENT_READ, "wakeup")

    def watch(self, descriptor, stream):
        os.set_blocking(descriptor, False)
        self.selector.register(descriptor, selectors.EVENT_READ, stream)

    def supervise(self, started):
        """Until the step's first process is gone."""
        deadline = started + self.spec["timeoutMs"] / 1000
        next_look, pause = started + 0.05, 0.05
        if self.reason is not None:
            # Asked to stop while the step was being started.
            self.ask_to_end()
        self.reap()
        while self.status is None:
            now = time.monotonic()
            if now >= deadline:
                self.stop("timeout")
            if self.kill_at is not None and now >= self.kill_at:
                kill_everything(self.spec)
            if now >= next_look:
                self.look_at_memory()
                # Looking costs time of its own, so it may take at most a twentieth of it.
                pause = min(0.25, pause * 1.5)
                next_look = time.monotonic() + max(pause, 20 * (time.monotonic() - now))
                # Memory fills faster than a disk, so this one neither delays the next look nor comes at the very start.
                if now - started > 0.5:
                    self.look_at_disk()
            moments = [moment for moment in (next_look, deadline, self.kill_at) if moment is not None and moment > now]
            self.read_pipes(max(0.0, min(moments) - now) if moments else 0.05)
            self.reap()

    def stop(self, reason):
        """Asks the step to end; the first reason counts."""
        if self.reason is not None or self.status is not None:
            return
        self.reason = reason
        self.kill_at = time.monotonic() + GRACE_SECONDS
        if self.pid is not None:
            self.ask_to_end()

    def ask_to_end(self):
        """A wrapper (bubblewrap) would take the signal as its own and end the step at once, so it gets none."""
        if self.spec["wrapped"]:
            for pid, _ in descendants():
                if pid != self.pid:
                    send_signal(os.kill, pid)
        else:
            send_signal(os.killpg, self.pid)

    def look_at_memory(self):
        limit = self.spec["memoryBytes"]
        used = measure_memory(limit)
        self.peak_bytes = max(self.peak_bytes, used)
        if limit is not None and used > limit and self.reason is None:
            self.reason = "oom"
            kill_everything(self.spec)

    def look_at_disk(self):
        trouble = self.disk.look() if self.disk and self.reason is None else None
        if trouble is not None:
            self.reason = trouble
            kill_everything(self.spec)

    def read_pipes(self, timeout):
        for key, _ in self.selector.select(timeout):
            try:
                data = os.read(key.fd, CHUNK_BYTES)
            except BlockingIOError:
                continue
            if key.data == "wakeup":
                continue
            if data:
                self.log.write(key.data, data)
            else:
                self.selector.unregister(key.fd)
        self.log.flush_stale()

    def reap(self):
        """Whether there are children left that live."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            # Children that the step's processes waited for are in their parents' figures already.
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            unit = 1 if sys.platform == "darwin" else 1024
            self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * unit)
            if pid == self.pid:
                self.status = status

    def finish(self):
        """Ends what the step left behind and reads the rest of what it said."""
        kill_everything(self.spec)
        until = time.monotonic() + 2.0
        while len(self.selector.get_map()) > 1 and time.monotonic() < until:
            self.read_pipes(0.2)
        while self.reap() and time.monotonic() < until:
            time.sleep(0.002)
        self.log.close()
        if self.spec["closeFolder"]:
            # From here nobody else can walk in, so what is in it stays as it is.
            os.chmod(self.spec["closeFolder"], 0o700)


def send_signal(send, pid):
    try:
        send(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        pass


def exit_of(status):
    if status is None:
        return None, None
    if os.WIFSIGNALED(status):
        return None, signal.Signals(os.WTERMSIG(status)).name
    return os.WEXITSTATUS(status), None


def write_whole(path, value):
    draft = path + ".draft"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


if __name__ == "__main__":
    main(sys.argv[1])
