"""Files from outside, read by a program in a process of its own with limits.

Readers are compiled code or meet bytes that nobody vouches for: damaged or hostile ones can make
them abort, never end, or ask for more memory than there is. The reading program may use so much
memory and processor time, write no file and leave no core dump. It prints JSON lines, the parts of
its answer; a last line says that the answer is whole. What it prints is data, never code.

The reading program calls `answer`; the one that wants to know calls `parts_of`.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from select import POLLIN, poll
from signal import SIGABRT, SIGKILL, SIGSEGV, SIGXCPU
from subprocess import DEVNULL, PIPE, Popen
from time import monotonic
from traceback import extract_tb
from typing import Any, Self

from instruments.errors import HieuluatError, Problem
from instruments.language import Message, say

_MIB = 1024 * 1024
_READ = 1 << 18
_LONGEST = 32 * _MIB
"""A part is a record or a heading; no honest one is larger."""
_END = b'"end"'
_STOPPED = (b'{"problems":', b'{"stopped":')
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a reading program may use: bytes of memory, processor seconds, seconds of waiting for it.

    The time that the asking program takes between two parts does not count as waiting.
    """

    memory: int = 512 * _MIB
    seconds: int
    patience: float

    @classmethod
    def for_file(cls, path: Path) -> Self:
        """Enough for an honest file of this size on a busy machine; a small one answers in 10 s."""
        size = path.stat().st_size // _MIB
        return cls(seconds=6 + 2 * size, patience=9.0 + 3 * size)


class ReaderStopped(Exception):
    """The reading program did not finish; `reason` says why, for people."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(reason.text())


class ReaderRefused(Exception):
    """The reading program refused the file for the user's reasons."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(str(HieuluatError(problems)))


def parts_of(program: str, *arguments: str, budget: Budget) -> Iterator[Any]:
    """What a program (a module's name) tells about a file, part by part.

    Raises:
        ReaderRefused: The program refused the file.
        ReaderStopped: It broke off, or used more than its budget.
    """
    return map(json.loads, lines_of(program, *arguments, budget=budget))


def lines_of(program: str, *arguments: str, budget: Budget) -> Iterator[bytes]:
    """As `parts_of`, each part as its line of JSON.

    Raises:
        ReaderRefused: As `parts_of`.
        ReaderStopped: As `parts_of`.
    """
    command = [sys.executable, "-I", "-B", "-m", program,
               str(budget.memory), str(budget.seconds), *arguments]  # fmt: skip
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, bufsize=0,  # noqa: S603 - our own module
               env=_ENVIRONMENT) as child:  # fmt: skip
        try:
            for line in _lines(child, budget):
                if line == _END:
                    return
                if line.startswith(_STOPPED):
                    raise _stopped(json.loads(line))
                yield line
        finally:
            child.kill()


def answer(produce: Callable[..., Iterable[object]]) -> None:
    """Be the reading program: limit this process, then print what `produce` finds.

    `produce` gets the command line's arguments and yields parts that JSON can hold.
    """
    memory, seconds, *arguments = sys.argv[1:]
    _limit(int(memory), int(seconds))
    write = sys.stdout.buffer.write
    try:
        for part in produce(*arguments):
            write(_encoded(part))
        last: object = "end"
    except HieuluatError as error:
        last = {"problems": [_problem_out(problem) for problem in error.problems]}
    except MemoryError:
        last = {"stopped": "memory"}
    except RecursionError:
        last = {"stopped": "nesting"}
    except Exception as error:
        place = extract_tb(error.__traceback__)[-1]
        last = {"stopped": f"{type(error).__name__}, {Path(place.filename).name}:{place.lineno}"}
    write(_encoded(last))
    sys.stdout.buffer.flush()


def _limit(memory: int, seconds: int) -> None:
    """Lower this process's limits for good; at the end of its time it gets SIGXCPU, then dies."""
    for what, soft, margin in (
        (resource.RLIMIT_AS, memory, 0),
        (resource.RLIMIT_CPU, seconds, 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = soft + margin if hard == resource.RLIM_INFINITY else min(soft + margin, hard)
        resource.setrlimit(what, (min(soft, most), most))


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _encoded(part: object) -> bytes:
    return _json(part).encode() + b"\n"


def _lines(child: Popen[bytes], budget: Budget) -> Iterator[bytes]:
    """Whole lines of the child's output; it ends with `ReaderStopped` unless the reader stops."""
    assert child.stdout is not None  # noqa: S101 - opened with PIPE
    # select() knows no descriptor above 1023, which a busy server may have.
    watched = poll()
    watched.register(child.stdout, POLLIN)
    pending, left = b"", budget.patience
    while True:
        begun = monotonic()
        if not watched.poll(max(left, 0.0) * 1000):
            raise ReaderStopped(_reasons()["time"])
        chunk = child.stdout.read(_READ)
        left -= monotonic() - begun
        if not chunk:
            raise ReaderStopped(_why_ended(child.wait()))
        *lines, pending = (pending + chunk).split(b"\n")
        yield from lines
        if len(pending) > _LONGEST:
            raise ReaderStopped(_reasons()["record"])


def _reasons() -> Mapping[str, Message]:
    return {
        "memory": say("reading it takes more memory than a file of responses may"),
        "time": say("reading it takes longer than a file of this size may"),
        "nesting": say("its parts are nested too deep"),
        "record": say("a single record is longer than {size} MB", size=_LONGEST // _MIB),
    }


def _why_ended(code: int) -> Message:
    """Why a process ended early: aborts and kills come from the limits on memory."""
    if code == -SIGXCPU:
        return _reasons()["time"]
    if code in (-SIGABRT, -SIGKILL, -SIGSEGV):
        return say("its reader was stopped by signal {number}: the file is damaged or too large",
                   number=-code)  # fmt: skip
    return say("its reader failed")


def _stopped(part: Mapping[str, Any]) -> ReaderRefused | ReaderStopped:
    if "problems" in part:
        return ReaderRefused(tuple(map(_problem_in, part["problems"])))
    reason = part["stopped"]
    return ReaderStopped(_reasons().get(reason)
                         or say("its reader failed: {reason}", reason=reason))  # fmt: skip


def _problem_out(problem: Problem) -> dict[str, object]:
    hint = None if problem.hint is None else message_out(problem.hint)
    return {"where": problem.where, "what": message_out(problem.what), "hint": hint}


def _problem_in(data: Mapping[str, Any]) -> Problem:
    hint = None if data["hint"] is None else message_in(data["hint"])
    return Problem(where=data["where"], what=message_in(data["what"]), hint=hint)


def message_out(message: Message) -> dict[str, object]:
    """A message as JSON holds it, its template and values kept apart."""
    return {"say": message.template,
            "values": {name: _value_out(value) for name, value in message.values.items()}}  # fmt: skip


def message_in(data: Mapping[str, Any]) -> Message:
    """The message that `message_out` wrote."""
    values = {name: message_in(value) if isinstance(value, dict) and "say" in value else value
              for name, value in data["values"].items()}  # fmt: skip
    return Message(data["say"], values)


def _value_out(value: object) -> object:
    if isinstance(value, Message):
        return message_out(value)
    return value if isinstance(value, str | int | float | dict) else str(value)
