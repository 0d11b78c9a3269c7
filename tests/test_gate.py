"""The source gate: what it makes of pages, and what must not change it."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from quality.gate import (
    Decision,
    Estimates,
    GateParameters,
    Judgement,
    Pages,
    Standing,
    admission,
    as_csv,
    as_json,
    as_ublock,
    decide,
    drift,
    estimate_sources,
    explain,
    is_sampled,
    read_pages,
    rows_of,
    standing_of,
    standings_after,
    standings_before,
    with_overrides,
)
from quality.gate.parameters import as_toml
from quality.gate.templates import near_duplicates
from quality.source_lists import Override
from tests.gate_simulation import (
    START,
    even_rates,
    falling,
    page_counts,
    page_table,
    pages_of,
    probabilities,
    recovering,
    simulate,
    web_rates,
)

CASES = Path(__file__).parent / "cases" / "gate" / "statuses.toml"
PARAMETERS = GateParameters()
TODAY = START + dt.timedelta(days=3000)


def judged(
    table: pa.Table, before: Mapping[str, Standing] | None = None, as_of: dt.date = TODAY
) -> tuple[Pages, Estimates, Judgement]:
    pages, standings = read_pages(table, PARAMETERS), before or {}
    estimates = estimate_sources(pages, PARAMETERS, standings=standings)
    outcome = decide(
        estimates,
        pages,
        at_start_of_day=standings,
        current=standings,
        overrides={},
        parameters=PARAMETERS,
        as_of=as_of,
        policy="test",
    )
    return pages, estimates, outcome


def statuses(table: pa.Table, before: Mapping[str, Standing] | None = None, as_of: dt.date = TODAY) -> dict[str, str]:
    return {name: standing.status for name, standing in judged(table, before, as_of)[2].standings.items()}


@pytest.mark.parametrize(
    "case", tomllib.loads(CASES.read_text(encoding="utf-8"))["case"], ids=lambda case: case["name"]
)
def test_status(case: dict[str, Any]) -> None:
    source = case.get("source", "x.example")
    found = statuses(pages_of(source, case["pages"]))
    assert found.pop(source) == case["status"]
    if "authors" in case:
        assert {name: found.get(name) for name in case["authors"]} == case["authors"]
        assert bool(found) == bool(case["authors"])


# --- the simulation; tests/measure/gate.py has the large one ---------------------------------------------------------


@pytest.mark.parametrize(("rates_of", "noise"), [(even_rates, "calibrated"), (web_rates, "verdict")])
def test_known_rates(rates_of: Any, noise: str) -> None:
    generator = np.random.default_rng(1000)
    rates, counts = rates_of(1000, generator), page_counts(1000, generator)
    outcome = simulate(rates, counts, noise=noise, runs=50, parameters=PARAMETERS, seed=0)
    good, bad = rates <= 0.10, (rates >= 0.50) & (counts >= 40)
    assert min(good.sum(), bad.sum()) > 50
    assert outcome.ever_rejected[good].mean() <= 0.01
    assert outcome.finally_rejected[bad].mean() >= 0.95
    assert abs(outcome.covered.mean() - PARAMETERS.confidence) <= 0.02
    assert outcome.flapped.mean() <= 0.01


def test_a_classifier_that_is_off_for_a_source_rejects_no_good_one() -> None:
    generator = np.random.default_rng(7)
    rates, counts = even_rates(300, generator), page_counts(300, generator)
    outcome = simulate(rates, counts, noise="blurred", runs=10, parameters=PARAMETERS, seed=1)
    assert not outcome.ever_rejected[rates <= 0.10].any()
    assert outcome.finally_rejected[(rates >= 0.50) & (counts >= 40)].mean() >= 0.95


def test_a_source_that_turns_good_is_accepted_again() -> None:
    weeks = recovering(sources=10, pages_a_week=20, sampled_share=0.25, seed=1, parameters=PARAMETERS)
    assert (weeks > 0).all()
    assert weeks.max() <= 26


# --- what must not matter --------------------------------------------------------------------------------------------


def mixed_table() -> pa.Table:
    """Sources of many rates, with templates, authors, unassessed pages and pages from many days."""
    generator = np.random.default_rng(5)
    source = generator.integers(0, 60, size=4000)
    rate = even_rates(60, generator)
    table = page_table(
        source, probabilities(rate[source], "calibrated", generator), generator.integers(0, 400, 4000), generator
    )
    template = np.where(
        generator.random(4000) < 0.3, generator.integers(0, 5, 4000), generator.integers(0, 2**60, 4000)
    )
    table = table.set_column(5, "template", pa.array(template.astype(np.uint64)))
    author = [
        f"s{code:05d}.example/part{number}" for code, number in zip(source, generator.integers(0, 8, 4000), strict=True)
    ]
    unassessed = pa.array(generator.random(4000) < 0.1)
    probability = pa.array(np.asarray(table["reject_probability"]), mask=np.asarray(unassessed))
    return table.append_column("subsource", pa.array(author)).set_column(2, "reject_probability", probability)


def test_order_of_rows_does_not_matter() -> None:
    table = mixed_table()
    first = judged(table)
    for seed in range(3):
        shuffled = table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)))
        again = judged(shuffled)
        for name in (field.name for field in dataclasses.fields(Estimates)):
            one, other = getattr(first[1], name), getattr(again[1], name)
            same = one.tobytes() == other.tobytes() if isinstance(one, np.ndarray) else one == other
            assert same, name
        assert first[2] == again[2]
        assert drift(first[0], PARAMETERS, START + dt.timedelta(days=400)) == drift(
            again[0], PARAMETERS, START + dt.timedelta(days=400)
        )


@pytest.mark.parametrize("batches", [2, 7, 40])
def test_batches_of_one_day_do_not_matter(batches: int) -> None:
    table = mixed_table()
    at_once = statuses(table)
    cut = np.random.default_rng(batches).integers(0, batches, table.num_rows)
    decisions: list[Decision] = []
    for number in range(batches):
        pages = read_pages(table.filter(pa.array(cut <= number)), PARAMETERS)
        before = standings_before(decisions, TODAY)
        outcome = decide(
            estimate_sources(pages, PARAMETERS, standings=before),
            pages,
            at_start_of_day=before,
            current=standings_after(decisions),
            overrides={},
            parameters=PARAMETERS,
            as_of=TODAY,
        )
        decisions += outcome.decisions
    assert {name: standing.status for name, standing in outcome.standings.items()} == at_once
    assert {name: s.status for name, s in standings_after(decisions).items()} == {
        name: status for name, status in at_once.items() if name in standings_after(decisions)
    }


def test_time_that_passes_without_pages_changes_nothing() -> None:
    table = mixed_table()
    standings = judged(table)[2].standings
    later = judged(table, standings, TODAY + dt.timedelta(days=5000))[2]
    assert later.decisions == ()


def test_the_same_run_twice_decides_nothing_new() -> None:
    table = mixed_table()
    _, _, outcome = judged(table)
    assert outcome.decisions
    assert judged(table, outcome.standings)[2].decisions == ()


# --- templates -------------------------------------------------------------------------------------------------------


def test_near_duplicates_are_found_within_their_source() -> None:
    prints = np.array([0, 0b111, 1 << 40, 0xFFFF_FFFF_0000_0000, 0], dtype=np.uint64)
    source = np.array([0, 0, 0, 0, 1], dtype=np.int32)
    group = near_duplicates(source, prints, np.ones(5, dtype=bool), 3)
    assert group[0] == group[1] == group[2] >= 0
    assert group[3] == group[4] == -1


def test_near_duplicates_are_not_chained() -> None:
    chain = np.array([(1 << length) - 1 for length in range(0, 61, 3)], dtype=np.uint64)
    group = near_duplicates(np.zeros(chain.size, dtype=np.int32), chain, np.ones(chain.size, dtype=bool), 3)
    for label in np.unique(group[group >= 0]):
        members = chain[group == label]
        assert np.bitwise_count(members ^ members[0]).max() <= 12


def test_pages_without_fingerprint_are_alone() -> None:
    group = near_duplicates(np.zeros(3, dtype=np.int32), np.zeros(3, dtype=np.uint64), np.zeros(3, dtype=bool), 3)
    assert (group == -1).all()


# --- decisions -------------------------------------------------------------------------------------------------------


def test_a_decision_holds_its_numbers_and_its_worst_pages() -> None:
    table = pages_of("x.example", [{"count": 15, "probability": 0.03}, {"count": 12, "probability": 0.9}])
    _, _, outcome = judged(table)
    (decision,) = outcome.decisions
    assert (decision.previous, decision.standing.status) == ("unknown", "rejected")
    assert (decision.pages, decision.accepted, decision.rejected) == (27, 15, 12)
    assert decision.worst_pages == tuple(f"{number:05d}" for number in range(15, 25))
    assert (decision.decided_on, decision.policy) == (TODAY, "test")
    assert decision.reject_low is not None and decision.reject_rate is not None
    assert PARAMETERS.reject_low <= decision.reject_low < decision.reject_rate
    assert "27 pages" in decision.standing.reason


def test_hysteresis_keeps_a_source_between_the_lines() -> None:
    table = pages_of("x.example", [{"count": 35, "probability": 0.0}, {"count": 15, "probability": 1.0}])
    for status in ("accepted", "probation", "rejected"):
        rejected_on = TODAY if status == "rejected" else None
        before = {"x.example": Standing("x.example", status, TODAY, status, rejected_on)}  # type: ignore[arg-type]
        assert statuses(table, before)["x.example"] == status


def test_a_release_forgets_what_lies_before_the_turn() -> None:
    bad = [{"count": 60, "probability": 0.95, "days_ago": 100}]
    rejected_on = TODAY - dt.timedelta(days=90)
    before = judged(pages_of("x.example", bad), as_of=rejected_on)[2].standings
    good = [{"count": 30, "probability": 0.03, "days_ago": 0}]
    released = judged(pages_of("x.example", bad + good), before)[2].standings
    assert released["x.example"].status == "probation"
    assert released["x.example"].evidence_from is not None and released["x.example"].evidence_from > rejected_on
    next_day = judged(pages_of("x.example", bad + good), released, TODAY + dt.timedelta(days=1))[2].standings
    turned = released["x.example"].evidence_from
    assert f"those from before {turned}, when it turned, do not count" in next_day["x.example"].reason
    assert next_day["x.example"].status == "accepted"


def test_pages_judged_anew_release_at_once() -> None:
    before = judged(pages_of("x.example", [{"count": 60, "probability": 0.95}]))[2].standings
    assert before["x.example"].status == "rejected"
    assert statuses(pages_of("x.example", [{"count": 60, "probability": 0.05}]), before)["x.example"] == "probation"


def test_a_source_whose_pages_are_gone_keeps_its_standing() -> None:
    before = judged(pages_of("x.example", [{"count": 60, "probability": 0.95}]))[2].standings
    outcome = judged(pages_of("other.example", [{"count": 1, "probability": 0.5}]), before)[2]
    assert outcome.standings["x.example"].status == "rejected"


# --- acting ----------------------------------------------------------------------------------------------------------


def test_rejected_sources_are_skipped_but_for_a_sample() -> None:
    standings = {"bad.example": Standing("bad.example", "rejected", measured="rejected")}
    keys = [f"https://bad.example/{number}" for number in range(5000)]
    admitted = [admission(standings, "bad.example", None, key, PARAMETERS) for key in keys]
    assert set(admitted) == {"skip", "sample"}
    assert abs(admitted.count("sample") / len(keys) - PARAMETERS.sampled_share) < 0.02
    assert admitted == [admission(standings, "bad.example", None, key, PARAMETERS) for key in keys]
    assert admission(standings, "other.example", None, keys[0], PARAMETERS) == "admit"


def test_sampling_has_its_ends() -> None:
    assert not any(is_sampled(str(number), 0.0) for number in range(1000))
    assert all(is_sampled(str(number), 1.0) for number in range(1000))


def test_the_finest_standing_that_knows_something_decides() -> None:
    standings = {
        "medium.com": Standing("medium.com", "rejected", measured="rejected"),
        "medium.com/@good": Standing("medium.com/@good", "accepted", measured="accepted"),
        "medium.com/@new": Standing("medium.com/@new"),
    }
    assert standing_of(standings, "medium.com", "medium.com/@good").status == "accepted"
    assert standing_of(standings, "medium.com", "medium.com/@new").status == "rejected"
    assert standing_of(standings, "medium.com", "medium.com/@unseen").status == "rejected"
    denied = standings | {"medium.com": Standing("medium.com", "rejected", override="denied by anna")}
    assert standing_of(denied, "medium.com", "medium.com/@good").status == "rejected"


# --- drift -----------------------------------------------------------------------------------------------------------


def test_a_fall_is_reported_before_the_rejection_and_steady_sources_are_not() -> None:
    outcome = falling(steady=150, fallen=8, noise="calibrated", seed=3, parameters=PARAMETERS)
    assert outcome.false_alarms <= 1
    assert outcome.rejected >= 6
    assert outcome.before_rejection >= outcome.rejected - 1
    assert outcome.median_lead >= 4


def test_an_alarm_says_what_fell() -> None:
    groups = [
        {"count": 60, "probability": 0.04, "days_ago": 100},
        {"count": 10, "probability": 0.04, "days_ago": 40},
        {"count": 15, "probability": 0.9, "days_ago": 3},
    ]
    pages = read_pages(pages_of("x.example", groups), PARAMETERS)
    (alarm,) = drift(pages, PARAMETERS, TODAY)
    assert alarm.recent_pages == 15
    assert alarm.recent_rate == pytest.approx(0.9, abs=1e-3)
    assert "90% bad in 15 pages" in alarm.describe()
    assert drift(pages, PARAMETERS, TODAY + dt.timedelta(days=365)) == (), "an old fall is no news"


# --- explaining and exporting ----------------------------------------------------------------------------------------


def explained(table: pa.Table, source: str, before: Mapping[str, Standing] | None = None) -> Any:
    _, estimates, _ = judged(table, before)
    return explain(source, estimates, table, standings=before or {}, overrides={}, parameters=PARAMETERS, as_of=TODAY)


def test_what_would_change_is_true() -> None:
    groups: list[dict[str, object]] = [{"count": 30, "probability": 0.03}, {"count": 9, "probability": 0.95}]
    found = explained(pages_of("x.example", groups), "x.example")
    before = judged(pages_of("x.example", groups))[2].standings
    assert found.standing.status == "probation"
    changes = {change.kind: change for change in explained(pages_of("x.example", groups), "x.example", before).changes}
    for kind, level in (("good", 0.03), ("bad", 0.97)):
        change = changes[kind]
        for more, expected in ((change.pages, change.status), (change.pages - 1, "probation")):
            extended = [*groups, {"count": more, "probability": level}]
            pages = read_pages(pages_of("x.example", extended), PARAMETERS)
            alone = estimate_sources(
                pages,
                PARAMETERS,
                standings=before,
                population=judged(pages_of("x.example", groups))[1].population,
            )
            outcome = decide(
                alone,
                pages,
                at_start_of_day=before,
                current=before,
                overrides={},
                parameters=PARAMETERS,
                as_of=TODAY,
            )
            assert outcome.standings["x.example"].status == expected
    assert changes["bad"].describe() == f"{changes['bad'].pages} more bad pages in a row: rejected"


def test_an_explanation_has_numbers_weeks_and_conditions() -> None:
    groups = [
        {"count": 10, "probability": 0.03, "days_ago": 14},
        {"count": 20, "probability": 0.95, "days_ago": 0},
    ]
    found = explained(pages_of("x.example", groups), "x.example")
    assert [week.pages for week in found.weeks] == [10, 20]
    assert [week.rejected for week in found.weeks] == [0, 20]
    assert all(week.monday.weekday() == 0 for week in found.weeks)
    assert len(found.conditions) == 4
    assert all(condition.met for condition in found.conditions)
    assert found.worst_pages[0] == "00010"


def test_an_author_is_explained_like_a_source() -> None:
    groups = [
        {"count": 30, "probability": 0.95, "author": "medium.com/@spam"},
        {"count": 5, "probability": 0.03, "author": "medium.com/@good"},
    ]
    found = explained(pages_of("medium.com", groups), "medium.com/@spam")
    assert (found.standing.status, found.pages) == ("rejected", 30)


def test_an_unknown_source_is_a_key_error() -> None:
    with pytest.raises(KeyError, match=r"nobody\.example"):
        explained(pages_of("x.example", [{"count": 5, "probability": 0.03}]), "nobody.example")


def test_verdicts_for_other_tools() -> None:
    table = pa.concat_tables(
        [
            pages_of("bad.example", [{"count": 20, "probability": 0.95}]),
            pages_of("good.example", [{"count": 20, "probability": 0.02}]),
            pages_of("file:pages", [{"count": 20, "probability": 0.95}]),
            pages_of("new.example", [{"count": 2}]),
        ]
    )
    _, estimates, outcome = judged(table)
    rows = rows_of(outcome.standings, estimates)
    assert [row["source"] for row in rows] == ["bad.example", "file:pages", "good.example", "new.example"]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [row["status"] for row in read] == ["rejected", "rejected", "accepted", "unknown"]
    assert read[3]["reject_rate"] == ""
    assert json.loads(as_json(rows)) == rows
    assert json.loads(as_json([])) == []
    filters = [line for line in as_ublock(rows).splitlines() if not line.startswith("!")]
    assert filters == ["||bad.example^"]


def test_an_author_let_in_on_a_rejected_platform_is_an_exception_for_blockers() -> None:
    authors = [{"count": 10, "probability": 0.95, "author": f"a{number}.blogspot.com"} for number in range(6)]
    good = {"count": 20, "probability": 0.02, "author": "good.blogspot.com"}
    _, estimates, outcome = judged(pages_of("blogspot.com", [*authors, good]))
    filters = as_ublock(rows_of(outcome.standings, estimates)).splitlines()
    assert "||blogspot.com^" in filters
    assert "@@||good.blogspot.com^" in filters


# --- columns and parameters ------------------------------------------------------------------------------------------


def test_missing_columns_are_named() -> None:
    table = pages_of("x.example", [{"count": 1, "probability": 0.5}])
    with pytest.raises(ValueError, match="column 'seen_at' is missing"):
        read_pages(table.drop_columns(["seen_at"]), PARAMETERS)


def test_probabilities_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.1"):
        read_pages(pages_of("x.example", [{"count": 1, "probability": 1.5}]), PARAMETERS)


@pytest.mark.parametrize("kind", [pa.string(), pa.timestamp("us"), pa.timestamp("us", tz="UTC")])
def test_dates_may_be_written_in_several_ways(kind: pa.DataType) -> None:
    table = pages_of("x.example", [{"count": 3, "probability": 0.5, "days_ago": 5}])
    plain = read_pages(table, PARAMETERS).day
    moments = table["seen_at"].cast(pa.timestamp("us"))
    column = (
        pa.array([f"{moment.as_py().date().isoformat()}T23:59:00Z" for moment in moments])
        if kind == pa.string()
        else moments.cast(kind)
    )
    other = table.set_column(table.column_names.index("seen_at"), "seen_at", column)
    assert read_pages(other, PARAMETERS).day.tolist() == plain.tolist()


def test_no_pages_at_all() -> None:
    _, estimates, outcome = judged(pages_of("x.example", []))
    assert len(estimates) == 0
    assert outcome.decisions == ()
    assert drift(read_pages(pages_of("x.example", []), PARAMETERS), PARAMETERS, TODAY) == ()


def test_estimates_as_a_table_hide_the_rates_of_the_unseen() -> None:
    rows = judged(pages_of("x.example", [{"count": 4}]))[1].table().to_pylist()
    assert (rows[0]["source"], rows[0]["pages"], rows[0]["assessed"], rows[0]["reject_rate"]) == (
        "x.example",
        4,
        0,
        None,
    )


def test_parameters_as_the_policy_spells_them() -> None:
    assert GateParameters(**tomllib.loads(as_toml(PARAMETERS))["gate"]) == PARAMETERS


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"confidence": 1.0}, "gate.confidence"),
        ({"min_pages_rejected": 3.0}, "gate.min_pages_rejected must be above 3: three pages never reject a source"),
        ({"release_rate": 0.5}, "gate.release_rate must be below reject_rate, or statuses flap"),
        ({"accept_high": 0.3}, "gate.accept_high"),
        ({"half_life_days": 0.0}, "gate.half_life_days"),
        ({"sampled_share": 1.5}, "gate.sampled_share"),
        ({"template_bits": 8}, "gate.template_bits"),
    ],
)
def test_parameters_that_make_no_sense_are_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named.replace(".", r"\.")):
        dataclasses.replace(PARAMETERS, **changed)


OVERRIDDEN = tomllib.loads((Path(__file__).parent / "cases" / "gate" / "laid_over.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", OVERRIDDEN["case"], ids=lambda case: case["name"])
def test_what_people_say_is_laid_over_and_taken_off(case: dict[str, Any]) -> None:
    before = {name: Standing(name, **columns) for name, columns in case.get("before", {}).items()}
    said = {name: Override(name, **columns) for name, columns in case.get("said", {}).items()}
    today = with_overrides(before, said, dt.date(2026, 3, 1))
    found = {name: {key: getattr(today[name], key) for key in wanted} for name, wanted in case["after"].items()}
    assert found == case["after"]
    assert today.keys() == case["after"].keys()


def test_a_word_withdrawn_on_the_day_it_was_given_leaves_nothing_behind() -> None:
    none = np.zeros(0, dtype=np.int64)
    table = page_table(none, none.astype(np.float64), none, np.random.default_rng(0))
    said = Standing(
        "gone.example", "rejected", override="denied by anna", reason="denied by anna; its pages say unknown: x"
    )
    judged = decide(
        estimate_sources(table, PARAMETERS, standings={}),
        table,
        at_start_of_day={},
        current={said.source: said},
        overrides={},
        parameters=PARAMETERS,
        as_of=TODAY,
    )
    after = judged.standings[said.source]
    assert (after.status, after.override, after.reason) == ("unknown", "", "no page of it has been assessed")
    assert [decision.previous for decision in judged.decisions] == ["rejected"]


def test_a_source_with_as_many_pages_as_are_needed_is_told_what_they_are_worth() -> None:
    table = pages_of("a.example", [{"count": 3, "probability": 0.02}, {"count": 2, "probability": 0.02, "days_ago": 2}])
    standing = judged(table)[2].standings["a.example"]
    assert standing.status == "unknown"
    assert standing.reason == "only 5 pages assessed (worth 4.9 independent recent ones); 5 are needed"
