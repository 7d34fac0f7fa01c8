"""Starting the step: a child that gives up everything it does not need before it becomes the step's command."""

import os
import resource
import signal

from limits import join_groups
from network import make_hand_over, prepare_network
from processes import PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, set_process_option

OPEN_FILES = 8_192
PROCESSES = 4_096


class StartError(Exception):
    pass


def start_step(spec):
    """
    (pid, stdout, stderr, the end where the door's socket comes out) of the started step. Raises StartError with a
    message for people.
    """
    out_reader, out_writer = os.pipe()
    err_reader, err_writer = os.pipe()
    # Closed by a successful exec, otherwise it carries the reason.
    trouble_reader, trouble_writer = os.pipe()
    inside, outside = make_hand_over(spec)
    supervisor = os.getpid()
    pid = os.fork()
    if pid == 0:
        become_step(spec, supervisor, out_writer, err_writer, trouble_writer, outside)
    if outside is not None:
        outside.close()
    for descriptor in (out_writer, err_writer, trouble_writer):
        os.close(descriptor)
    trouble = read_all(trouble_reader)
    if trouble:
        os.waitpid(pid, 0)
        raise StartError(trouble.decode("utf-8", errors="replace"))
    return pid, out_reader, err_reader, inside


def become_step(spec, supervisor, stdout, stderr, trouble, outside):
    try:
        os.setsid()
        join_groups(spec["groups"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(capture_file(spec) or stdout, 1)
        os.dup2(stderr, 2)
        restore_signals()
        set_limits(spec)
        be_the_first_to_go()
        prepare_network(spec, outside)
        os.umask(0o077)
        drop_privileges(spec)
        die_with(supervisor)
        os.chdir(spec["cwd"])
        os.execve(spec["command"][0], spec["command"], spec["env"])
    except OSError as error:
        message = "could not start `%s`: %s" % (" ".join(spec["command"])[:200], error.strerror)
        os.write(trouble, message.encode("utf-8"))
    except BaseException as error:
        os.write(trouble, ("could not start the step: %r" % (error,)).encode("utf-8"))
    finally:
        os._exit(127)


def capture_file(spec):
    """Where the standard output is a result, it goes to a file of its own instead of the log."""
    path = spec["stdout"]
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if path else None


def restore_signals():
    """Python ignores these; a program expects the default."""
    signal.set_wakeup_fd(-1)
    for name in ("SIGPIPE", "SIGXFSZ", "SIGINT", "SIGHUP", "SIGTERM", "SIGCHLD"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def set_limits(spec):
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    lower(resource.RLIMIT_FSIZE, spec["fileBytes"])
    if spec["addressSpaceBytes"]:
        lower(resource.RLIMIT_AS, spec["addressSpaceBytes"])
    if spec["uid"] is not None and spec["ownsUid"]:
        # Counts per user, so it makes sense only where the step is alone under its own.
        lower(resource.RLIMIT_NPROC, PROCESSES)


def lower(limit, value):
    if value is None:
        return
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def be_the_first_to_go():
    """Under load the platform stays responsive, and where memory ends the kernel takes the step."""
    try:
        os.nice(5)
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("500")
    except OSError:
        pass


def drop_privileges(spec):
    if spec["uid"] is not None:
        os.setgroups([])
        os.setresgid(spec["gid"], spec["gid"], spec["gid"])
        os.setresuid(spec["uid"], spec["uid"], spec["uid"])
    set_process_option(PR_SET_NO_NEW_PRIVS, 1)


def die_with(supervisor):
    """The step does not outlive a killed supervisor. After the change of user, which clears it."""
    set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(127)


def read_all(descriptor):
    parts = []
    while True:
        part = os.read(descriptor, 4096)
        if not part:
            os.close(descriptor)
            return b"".join(parts)
        parts.append(part)
