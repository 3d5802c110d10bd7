"""`vedette token` and `vedette project` work on the records directly."""

import pytest
from typer.testing import CliRunner

from vedette.cli import main, project, token
from vedette.guard.access import Access
from vedette.storage.records import Records, sqlite_url


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs a command on a new data folder."""
    for name in ("VEDETTE_RECORDS_URL", "VEDETTE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda app, *arguments: CliRunner().invoke(app, [*arguments, "--data-dir", str(tmp_path / "data")])


@pytest.fixture
def server(tmp_path):
    """Give the access service of a server that runs on that folder."""
    records = Records(sqlite_url(tmp_path / "data"))
    records.migrate()
    access = Access(records)
    yield access
    access.close()
    records.close()


def test_a_token_is_made_while_the_server_runs(server, run):
    """Only the token is printed, so that scripts can take it."""
    made = run(token.app, "create", "ci", "--role", "admin")
    principal = server.tokens.principal_of(made.stdout.strip())
    assert (made.exit_code, principal.name, principal.role) == (0, "ci", "admin")


def test_tokens_are_listed_and_revoked(server, run):
    """By their number."""
    made = run(token.app, "create", "ci").stdout.strip()
    listed = run(token.app, "list").stdout
    assert (made[:8] in listed, made in listed) == (True, False)
    assert run(token.app, "revoke", "1").exit_code == 0
    assert server.tokens.principal_of(made) is None


def test_a_token_can_be_made_to_end(server, run):
    """After some days."""
    run(token.app, "create", "ci", "--days", "7")
    (row,) = server.tokens.list()
    assert round((row.expires_at - row.created_at).total_seconds() / 86400) == 7


def test_projects_are_made_before_the_first_start(run):
    """The command makes the tables."""
    made = run(project.app, "create", "shop")
    assert (made.exit_code, made.stdout) == (0, "3\n")
    listed = run(project.app, "list").stdout
    assert [name in listed for name in ("default", "shop", "vedette")] == [True, True, True]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["project", "create", "No Name"], "name: 'No Name'"),
        (["project", "create", "default"], "already"),
        (["token", "revoke", "9"], "no token 9"),
        (["project", "list", "--records-url", "mysql://x"], "records_url"),
    ],
)
def test_mistakes_are_said_in_words(run, monkeypatch, capsys, arguments, text):
    """With status 1 and no stack trace."""
    monkeypatch.setattr("sys.argv", ["vedette", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    said = capsys.readouterr().err
    assert (caught.value.code, text in said, "Traceback" in said) == (1, True, False)
