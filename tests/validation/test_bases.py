"""What is carried over from earlier verdicts: the pieces under the very same key, no other."""

from __future__ import annotations

from validation.bases import (
    WHOLE,
    Basis,
    Carried,
    Judgement,
    Known,
    Piece,
    carried,
    first_keys,
    measured_months,
)
from validation.measurement import Measurement, Part

TABLE, CHECK = "player_game_summary", "minutes_known_pct"


def part(month: str, kept: float) -> Part:
    """What was counted of a month, of ten."""
    return Part(season=2024, month=month, kept=kept, of=10)


def judgement(verdict_id: str, keys: dict[str, str], **more: object) -> Judgement:
    """A verdict that counted two months, the second with a fault."""
    parts = (part("2024-11", 10), part("2024-12", 9))
    measured = Measurement(table=TABLE, name=CHECK, kind="share", parts=parts)
    basis = Basis.model_validate({"table": TABLE, "name": CHECK, "keys": keys, **more})
    return Judgement(verdict_id, [measured], [basis])


def test_a_piece_under_another_key_is_not_known() -> None:
    known = Known([judgement("v1", {"2024-11": "a", "2024-12": "b"})])
    wanted = {"2024-11": "a", "2024-12": "c", "2025-01": "d"}
    found = known.pieces(TABLE, CHECK, wanted)
    assert found == {"2024-11": Piece({"": [part("2024-11", 10)]}, {}, "v1")}


def test_a_piece_is_that_of_the_newest_verdict_which_has_the_key() -> None:
    newer = judgement("v2", {"2024-11": "x", "2024-12": "b"})
    older = judgement("v1", {"2024-11": "a", "2024-12": "b"})
    found = Known([newer, older]).pieces(TABLE, CHECK, {"2024-11": "a", "2024-12": "b"})
    assert {name: piece.origin for name, piece in found.items()} == {
        "2024-11": "v1",
        "2024-12": "v2",
    }


def test_a_piece_carried_over_twice_names_the_verdict_that_measured_it() -> None:
    keys = {"2024-12": "b"}
    evidence = {"2024-12": {"": ("0022400001 201",)}}
    newer = judgement("v2", keys, origins={"2024-12": "v1"}, evidence=evidence)
    (found,) = Known([newer]).pieces(TABLE, CHECK, keys).values()
    assert (found.origin, found.evidence) == ("v1", {"": ("0022400001 201",)})


def test_another_check_of_the_table_knows_nothing() -> None:
    known = Known([judgement("v1", {"2024-11": "a"})])
    assert known.pieces(TABLE, "usage_known_pct", {"2024-11": "a"}) == {}


def test_a_check_counted_as_a_whole_has_all_its_parts_in_one_piece() -> None:
    known = Known([judgement("v1", {WHOLE: "a"})])
    (found,) = known.pieces(TABLE, CHECK, {WHOLE: "a"}).values()
    assert found.parts == {"": [part("2024-11", 10), part("2024-12", 9)]}


def test_the_first_keys_are_those_of_the_earliest_months() -> None:
    later = tuple(f"later {number}" for number in range(20))
    pieces = {
        "2024-12": Piece(evidence={"": later}),
        "2024-11": Piece(evidence={"": ("earlier",)}),
    }
    assert first_keys(pieces, "") == ("earlier", *later[:19])


def test_a_verdict_tells_what_it_carried_over_and_what_it_measured() -> None:
    keys = {"2024-11": "a", "2024-12": "b", WHOLE: "c"}
    basis = Basis(table=TABLE, name=CHECK, keys=keys, origins={"2024-11": "v1"})
    assert list(carried([basis])) == [
        Carried(verdict_id="v1", months=("2024-11",), pieces=1)
    ]
    assert measured_months([basis]) == ("2024-12",)
