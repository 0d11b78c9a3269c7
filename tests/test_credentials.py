"""Credentials in the address of an input open the input, and stand in nothing that is stored or printed."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.credentials import carries_credentials, without_credentials


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ftp://crawler:hunter2@store.example/pages", "ftp://store.example/pages"),
        ("https://a.example/p.warc.gz?x=1&X-Amz-Signature=hunter2&y=2", "https://a.example/p.warc.gz?x=1&X-Amz-Signature=***&y=2"),
        ("https://a.example/p.html?sv=2026&sig=hunter2#part", "https://a.example/p.html?sv=2026&sig=***#part"),
        ("simplecache::s3://KEY:hunter2@bucket/*.warc.gz", "simplecache::s3://bucket/*.warc.gz"),
        ("s3://KEY:hun/ter2/hunter2@bucket/pages.warc.gz", "s3://bucket/pages.warc.gz"),
        ("https://a.example/p.html?api_key=hunter2&token=hunter2", "https://a.example/p.html?api_key=***&token=***"),
    ],
)  # fmt: skip
def test_credentials_are_left_out(address: str, shown: str) -> None:
    assert carries_credentials(address)
    assert without_credentials(address) == shown


@pytest.mark.parametrize(
    "address",
    [
        "https://site.example/a?page=2", "https://site.example/a?keywords=lamps", "inbox/token=1.html?key=1",
        "http://host:8080/@name", "s3://bucket/key-facts/*.warc.gz", "sftp://crawler@store.example/pages",
    ],
)  # fmt: skip
def test_other_addresses_are_shown_as_they_are(address: str) -> None:
    assert not carries_credentials(address)
    assert without_credentials(address) == address


def test_a_flow_run_is_not_told_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    done = CliRunner().invoke(app, ["run", "s3://KEY:hunter2@bucket/pages.warc.gz"])
    assert done.exit_code == 2
    assert "carries credentials" in done.output
    assert "hunter2" not in done.output
