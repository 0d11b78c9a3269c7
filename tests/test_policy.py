"""The policy is checked before anything runs: each mistake names the file, the key and the nearest match."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest

from quality.policy import DEFAULT_FILE, Limits, PolicyError, default_policy, load_policy

DEFAULT = DEFAULT_FILE.read_text(encoding="utf-8")
EXTENDS = 'extends = "default"\n'


def loaded(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_policy_is_complete() -> None:
    policy = default_policy()
    assert policy.key.startswith(policy.version + "+")
    assert load_policy(DEFAULT_FILE) == policy


def test_a_file_that_extends_changes_single_keys(tmp_path: Path) -> None:
    policy = load_policy(loaded(tmp_path, EXTENDS + 'version = "mine"\n[verdict]\nreject = 0.9\n'))
    assert policy.verdict.reject == 0.9
    assert policy.verdict.review == default_policy().verdict.review
    assert policy.key != default_policy().key


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert load_policy(loaded(tmp_path, "\ufeff" + DEFAULT)) == default_policy()
    with pytest.raises(PolicyError, match=r"mine.toml:3"):
        load_policy(loaded(tmp_path, "\ufeff" + EXTENDS + "[limits]\nseconds = 0\n"))


def test_a_memory_limit_of_0_is_none(tmp_path: Path) -> None:
    assert load_policy(loaded(tmp_path, EXTENDS + "[limits]\nmemory_mb = 0\n")).limits.memory_mb == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (EXTENDS + "[verdict]\nrejct = 0.9\n", ["unknown key 'verdict.rejct'", "did you mean 'reject'"]),
        (EXTENDS + "[verdictt]\nreject = 0.9\n", ["unknown key 'verdictt'", "did you mean 'verdict'"]),
        (EXTENDS + '[verdict]\nreject = "high"\n', ["verdict.reject must be float", "'high'"]),
        (EXTENDS + "[verdict]\nreject = true\n", ["verdict.reject must be float", "True"]),
        (EXTENDS + "[limits]\nmax_bytes = 1.5\n", ["limits.max_bytes must be int"]),
        (EXTENDS + "verdict = 3\n", ["[verdict] must be a table"]),
        (EXTENDS + "[verdict]\nreview = 0.95\n", ["verdict.review (0.95) must lie between 0 and verdict.reject"]),
        (
            EXTENDS + "[rules.'promo.cross_lnk']\nat = 0.1\npoints = 1.0\n",
            ["unknown signal 'promo.cross_lnk'", "promo.cross_link"],
        ),
        (EXTENDS + "[family_caps]\npromos = 1.0\n", ["unknown family 'promos'", "promo"]),
        (EXTENDS + "[recurring]\nmin_pages = 1\n", ["[recurring] needs min_pages of 2 or more"]),
        (EXTENDS + "[recurring]\ndoubt = 0.0\n", ["[recurring]", "doubts above 0"]),
        (EXTENDS + "[limits]\nseconds = -1.0\n", ["mine.toml:3: limits.seconds must be above 0, found -1.0"]),
        (EXTENDS + "[limits]\nseconds = nan\n", ["limits.seconds must be a finite number, found nan"]),
        (EXTENDS + "[family_caps]\nwording = -4.0\n", ["family_caps.wording must be 0 or more, found -4.0"]),
        (EXTENDS + "[family_caps]\nwording = nan\n", ["family_caps.wording must be a finite number, found nan"]),
        (EXTENDS + f"[spans]\npromo = 1{'0' * 400}\n", ["spans.promo must be a finite number"]),
        (EXTENDS + "[rules.'page.published_refusal']\nat = nan\npoints = 3.0\n", ["at must be a finite number"]),
        (EXTENDS + "[rules.'page.published_refusal']\nat = -0.1\npoints = 3.0\n", ["at must be above 0", "every page"]),
        (EXTENDS + "[rules.'page.published_refusal']\nat = 0.1\npoints = inf\n", ["points must be a finite number"]),
        (EXTENDS + "[coverage]\nlanguages = ['EN']\n", ["unknown language 'EN'", "ISO 639-1"]),
        (EXTENDS + "[coverage]\nlanguages = ['en', 'xx']\n", ["unknown language 'xx'"]),
        (EXTENDS + "[coverage]\njudged_page_types = ['artikle']\n", ["unknown page type 'artikle'", "'article'"]),
        (EXTENDS + "[coverage]\nmin_words = -4\n", ["coverage.min_words must be 0 or more"]),
        (EXTENDS + "[coverage]\ntype_certainty = -0.5\n", ["coverage.type_certainty must be above 0"]),
        (EXTENDS + "[spans]\npromo = 0.0\n", ["spans.promo must be above 0"]),
        (EXTENDS + "[other_spans]\nresidue = -3\n", ["other_spans.residue must be above 0"]),
        (EXTENDS + "[recurring]\ndoubt = nan\n", ["recurring.doubt must be a finite number"]),
        (EXTENDS + "[gate]\naccept_high = -3.0\n", ["gate.accept_high", "above 0 and at most 1"]),
        (EXTENDS + "[gate]\nprobation_low = 5.0\n", ["gate.probation_low", "above 0 and at most 1"]),
        (EXTENDS + "limits.max_bytes = 0\n", ["mine.toml:2: limits.max_bytes must be above 0, found 0"]),
        (EXTENDS + "limits = {max_chars = -5}\n", ["mine.toml:2: limits.max_chars must be above 0, found -5"]),
        (EXTENDS + "[gate]\n[limits] # mine\n\nmax_elements=0\n", ["mine.toml:5: limits.max_elements must be above"]),
        (
            EXTENDS + "[limits]\nmemory_mb = -1\n",
            ["mine.toml:3: limits.memory_mb must be 0 (no limit) or at least 256, found -1"],
        ),
        (EXTENDS + "[limits]\nmemory_mb = 1\n", ["mine.toml:3: limits.memory_mb must be 0 (no limit) or at least 256"]),
        (EXTENDS + 'version = ""\n', ["version must not be empty"]),
        ('extends = "defualt"\n', ['extends must be "default"', "found 'defualt'"]),
        ('extends = "ok.toml"\n' + DEFAULT, ['extends must be "default"', "found 'ok.toml'"]),
        (EXTENDS + "[recurring]\nmin_words = -1\n", ["min_words of 0 or more"]),
        (EXTENDS + "[gate]\nmin_pages_rejected = 2.0\n", ["gate.min_pages", "above 3"]),
        (EXTENDS + "[verdict]\nreject = 0.9\nreject = 0.8\n", ["not valid TOML"]),
        ('version = "1"\n', ["missing key 'limits'", 'extends = "default"']),
        (DEFAULT.replace("max_elements", "max_element"), ["unknown key 'limits.max_element'", "'max_elements'"]),
        ("version = ", ["not valid TOML"]),
    ],
)
def test_a_mistake_names_file_key_and_nearest_match(tmp_path: Path, text: str, words: list[str]) -> None:
    path = loaded(tmp_path, text)
    with pytest.raises(PolicyError) as error:
        load_policy(path)
    message = str(error.value)
    assert str(path) in message
    for word in words:
        assert word in message


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read"):
        load_policy(Path("nowhere.toml"))


def test_a_policy_that_was_changed_or_sent_has_the_key_of_what_it_says() -> None:
    policy = default_policy()
    assert pickle.loads(pickle.dumps(policy)).key == policy.key
    changed = dataclasses.replace(policy, verdict=dataclasses.replace(policy.verdict, reject=0.99))
    assert changed.key != policy.key
    assert dataclasses.replace(changed, verdict=policy.verdict).key == policy.key


@pytest.mark.parametrize(
    "text", ["limits = " + "[" * 5000 + "]" * 5000, "version = " + "1" * 5000], ids=["nested", "digits"]
)
def test_toml_that_python_cannot_hold_is_malformed(tmp_path: Path, text: str) -> None:
    with pytest.raises(PolicyError, match="not valid TOML"):
        load_policy(str(loaded(tmp_path, EXTENDS + text)))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Limits)])
def test_limits_that_nothing_can_keep_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PolicyError, match=rf"mine.toml:3: limits.{name} must be at most"):
        load_policy(loaded(tmp_path, EXTENDS + f"[limits]\n{name} = 1000000000000\n"))
