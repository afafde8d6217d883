"""The GPU benchmark still runs, at toy size on a CPU, and counts what a model of SDXL's size costs."""

import pytest

pytest.importorskip("torch")

from tests.benchmarks.gpu import main
from tests.benchmarks.sdxl_sized import SDXL, flops_of


def test_the_benchmark_runs_at_toy_size() -> None:
    figures = main(["--small", "--images", "4", "--batches", "2"])

    ways = [(row["way"], row["steps"], row["batch"]) for row in figures["rows"]]
    assert ways == [("plain diffusers loop", 3, 1), ("plain diffusers loop", 2, 1), ("haikei", 3, 2), ("haikei", 2, 2)]
    assert all(row["seconds_an_image"] > 0 and row["matrix_rate_percent"] > 0 for row in figures["rows"])
    assert all(row["runs"] == 2 and 0 <= row["storing_hidden_percent"] <= 100 for row in figures["rows"][2:])


def test_a_forward_of_sdxl_s_size_costs_what_is_known_of_it() -> None:
    tflop = {name: flops / 1e12 for name, flops in flops_of(SDXL).items()}

    assert tflop["unet"] == pytest.approx(6.76, abs=0.05)
    assert tflop["controlnet"] == pytest.approx(3.02, abs=0.05)
    assert tflop["vae"] == pytest.approx(10.5, abs=0.1)


def test_without_a_gpu_it_says_that_nothing_was_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)

    with pytest.raises(SystemExit) as left:
        main([])

    assert left.value.code == 2
    assert "not measured" in capsys.readouterr().err
