"""A cluster of two workers on this machine gives what one process gives; what is wrong with one is said in words."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from crowd import Crowd, crowd
from desk import done
from support import FORMS
from test_workers import VERBS, said, same, taken_in

from xls_report import scheduler
from xls_report.scheduler import Cluster
from xls_report.workers import Chunk, spread

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"), cases=24)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with distributed.LocalCluster(**options) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("chunk", [Chunk(), Chunk(3)])
def test_a_cluster_gives_what_one_process_gives(
    everything: Crowd, address: str, chunk: Chunk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_CHUNK", chunk)
    found = taken_in(everything, lambda given, files: spread(Cluster(address, given), given, files))
    same(found, taken_in(everything))
    assert {one.submission.form for one in found if one.submission is not None} <= set(FORMS)


@pytest.mark.parametrize("verb", VERBS)
def test_outputs_are_the_same_bytes(everything: Crowd, address: str, tmp_path: Path, verb: str) -> None:
    due = said(everything, tmp_path, verb, "json")
    assert said(everything, tmp_path, verb, "json", "--scheduler", address) == due
    cache = ("--cache", tmp_path / "缓存.db")
    assert said(everything, tmp_path, verb, "json", "--scheduler", address, *cache) == due


def test_without_the_extra(everything: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = done(*everything.arguments("check"), "--scheduler", "tcp://127.0.0.1:1", status=2)
    assert "--scheduler 要先安装：pip install 'xls-report[dask]'" in found.err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "nonsense://x", "没有"])
def test_an_address_that_does_not_answer(everything: Crowd, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "_WAIT", 0.3)
    found = done(*everything.arguments("check"), "--scheduler", address, status=3)
    assert found.err.startswith(f"调度器 {address} 没有应答；请核对地址")
    assert found.err.count("\n") == 1


def test_workers_of_another_version(everything: Crowd, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "__version__", "0.0.0")
    found = done(*everything.arguments("check"), "--scheduler", address, status=3)
    assert f"{address} 的工作进程是 " in found.err
    assert "这里是 0.0.0 版；请在每台机器上安装同一版本的 xls-report" in found.err


def test_a_cluster_without_workers(everything: Crowd) -> None:
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster:
        found = done(*everything.arguments("check"), "--scheduler", cluster.scheduler_address, status=3)
    assert "没有工作进程；请先启动，或去掉 --scheduler" in found.err


def test_a_scheduler_that_goes_away(everything: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        monkeypatch.setattr(scheduler, "_CHUNK", Chunk(1))
        sent = Cluster.send

        def send(self: Cluster, books: Sequence[bytes]) -> Future[Sequence[bytes]]:
            future = sent(self, books)
            cluster.close()
            return future

        monkeypatch.setattr(Cluster, "send", send)
        found = done(*everything.arguments("check"), "--scheduler", cluster.scheduler_address, status=3)
    assert found.err.endswith("中途断开了，没有审核完；请重新运行，或去掉 --scheduler\n")


def test_processes_and_a_cluster_exclude_each_other(everything: Crowd) -> None:
    found = done(*everything.arguments("check"), "--scheduler", "tcp://127.0.0.1:9", "--jobs", 2, status=2)
    assert "--jobs 和 --scheduler 不能同时用" in found.err
