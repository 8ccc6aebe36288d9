"""The code reads at once: no statement of a function holds too much for one look."""

from __future__ import annotations

from pathlib import Path

from bench.measure import DENSEST, ROOT, dense_statements, measure


def test_no_simple_statement_of_a_function_has_too_many_nodes() -> None:
    dense = [f"{s.file}:{s.line} has {s.nodes} nodes" for s in dense_statements(ROOT)]
    assert not dense, f"at most {DENSEST}; name a part of it first: {'; '.join(dense)}"


def test_a_dense_statement_is_found(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    terms = " + ".join(f"f({number}, x)" for number in range(12))
    (tmp_path / "core" / "planted.py").write_text(
        f"def g(x: int) -> int:\n    return {terms}\n"
    )
    assert [(s.file, s.line) for s in dense_statements(tmp_path)] == [
        ("core/planted.py", 2)
    ]


def test_the_measures_are_of_this_tree() -> None:
    found = measure(ROOT)
    assert found["imports that run up"] == 0
    assert found["functions"] > 1_000
