"""2,000 workbooks: two processes against one, and the memory of one against that for 200."""

from __future__ import annotations

from collections.abc import Iterator

from measure import Contest, Ratio, Way
from processes import program, seconds_of, watched
from stage import Stage

MANY, FEW = 2_000, 200


def contests(stage: Stage) -> Iterator[Contest]:
    """Time by processes; peak memory by number, in one process."""
    inbox = stage.inbox(MANY)

    def by(jobs: int) -> Way:
        return Way(lambda: seconds_of(program("check", inbox, "--jobs", jobs)), books=MANY)

    yield Contest(
        "many-workers",
        "check, 2,000 files, whole command",
        {"--jobs 1": by(1), "--jobs 2": by(2)},
        [Ratio("one process / two processes", "--jobs 1", "--jobs 2", 1.5, 1.8)],
        rounds=5,
        note="fresh processes, start included; of a machine with two processors or more",
    )
    for verb in ("check", "merge"):
        yield _memory(stage, verb)


def _memory(stage: Stage, verb: str) -> Contest:
    out = stage.folder / "汇总表.xlsx"

    def peak(count: int) -> Way:
        command = program(verb, stage.inbox(count), "--jobs", 1)
        if verb == "merge":
            command += ["--roster", str(stage.roster(count)), "-o", str(out)]
        return Way(lambda: watched(command)[1], lambda: out.unlink(missing_ok=True))

    return Contest(
        f"many-memory-{verb}",
        f"{verb}, peak memory, one process",
        {f"{MANY:,} files": peak(MANY), f"{FEW} files": peak(FEW)},
        [Ratio(f"{MANY:,} files / {FEW} files", f"{MANY:,} files", f"{FEW} files", 1.5, 1.25, at_most=True)],
        rounds=3,
        unit="MiB",
        note="VmHWM of the command's process",
    )
