"""Credentials in the address of an input open the input, and stand in nothing that is stored or printed."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.credentials import carries_credentials, said_without_credentials, without_credentials
from flows.inputs import find_inputs


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ftp://crawler:hunter2@store.example/pages", "ftp://store.example/pages"),
        ("https://a.example/p.warc.gz?x=1&X-Amz-Signature=hunter2&y=2", "https://a.example/p.warc.gz?x=1&X-Amz-Signature=***&y=2"),
        ("https://a.example/p.html?sv=2026&sig=hunter2#part", "https://a.example/p.html?sv=2026&sig=***#part"),
        ("simplecache::s3://KEY:hunter2@bucket/*.warc.gz", "simplecache::s3://bucket/*.warc.gz"),
        ("s3://KEY:hun/ter2/hunter2@bucket/pages.warc.gz", "s3://bucket/pages.warc.gz"),
        ("https://a.example/p.html?api_key=hunter2&token=hunter2", "https://a.example/p.html?api_key=***&token=***"),
        ("tar://a.warc.gz::http://user:hunter2@host/b.tar", "tar://a.warc.gz::http://host/b.tar"),
        ("zip://*.html::https://host/a.zip?token=hunter2", "zip://*.html::https://host/a.zip?token=***"),
        ("reference::s3://KEY:hunter2@bucket/r.json", "reference::s3://bucket/r.json"),
        ("https://hunter2@host/a.html", "https://host/a.html"),
        ("git+https://hunter2@host/a.html", "git+https://host/a.html"),
        ("ftp://user:hunter2@hunter2@host/a.html", "ftp://host/a.html"),
        ("s3://KEY:123456789/hunter2@bucket/a.warc", "s3://bucket/a.warc"),
        ("https://host/a.jsonl?code=hunter2hunter2hunter2", "https://host/a.jsonl?code=***"),
        ("https://host/a.jsonl?jwt=hunter2&Authorization=hunter2&pw=hunter2", "https://host/a.jsonl?jwt=***&Authorization=***&pw=***"),
        ("https://host/a.jsonl;token=hunter2?x=1", "https://host/a.jsonl;token=***?x=1"),
        ("https://host/a.jsonl#access_token=hunter2", "https://host/a.jsonl#access_token=***"),
        ("https://host/a.jsonl?%73ig=hunter2", "https://host/a.jsonl?%73ig=***"),
        ("https://host/a.jsonl?sid=hunter2hunter2hunter2", "https://host/a.jsonl?sid=***"),
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
        "abfs://container@account.dfs.core.windows.net/a.jsonl", "https://site.example/a.jsonl?code=de&session=2",
        "s3://bucket/a;b=c/d.warc", "https://[::1]:8000/a.html", "tar://a.warc::file:///b/c.tar", "http://host:8080/users/me@site.example",
        "a::b.html", "https://site.example/a.html#section=2", "https://site.example/a.html?token=",
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


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tar://a::http://u:hunter2@h/b.tar", "cannot reach http://u:hunter2@h/b.tar (404)"),
        ("zip://a::https://h/b.zip?token=hunter2", "404, url='https://h/b.zip?token=hunter2'"),
        ("s3://KEY:hunter2@bucket/a.warc", "no such file: KEY:hunter2@bucket/a.warc"),
        ("ftp://u:hunter2%21@h/a.warc", "530 login u with hunter2! refused"),
        ("https://h/a.warc", "moved to https://h/b.warc?sig=hunter2"),
    ],
)
def test_messages_hold_no_credentials(address: str, message: str) -> None:
    said = said_without_credentials(message, address)
    assert "hunter2" not in said
    assert said.replace("***", "").strip()


@pytest.mark.parametrize(
    "address",
    [
        "zip://*.html::http://user:hunter2@127.0.0.1:9/a.zip",
        "tar://a.html::https://127.0.0.1:9/a.tar?token=hunter2",
        "simplecache::http://user:hunter2@127.0.0.1:9/a.html",
        "http://hunter2@127.0.0.1:9/a.html",
        "ftp://user:hunter2@127.0.0.1:9/a.html",
        "nosuchstore://user:hunter2@host/a.html",
        "reference://a::http://user:hunter2@127.0.0.1:9/a.json",
    ],
)
def test_an_input_that_cannot_be_opened_is_named_without_credentials(address: str) -> None:
    failures = find_inputs([address]).failures
    assert failures
    assert "hunter2" not in repr(failures)
