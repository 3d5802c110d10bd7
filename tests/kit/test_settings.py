"""Settings come from one table."""

from pathlib import Path

import pytest

from vedette.kit.errors import Invalid
from vedette.settings import Settings, load_settings, settings_page


def test_the_page_lists_every_setting_as_it_is():
    """`make docs` was run after the last change."""
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()

    assert page == settings_page()


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path):
    """Strongest first."""
    file = tmp_path / "vedette.toml"
    file.write_text('port = 1\nhost = "file"\nretention_logs = 5')

    settings = load_settings(
        {"port": 3}, environ={"VEDETTE_PORT": "2", "VEDETTE_HOST": "environment", "HOME": "x"}, config=file
    )

    assert (settings.port, settings.host, settings.retention_logs) == (3, "environment", 5)


@pytest.mark.parametrize(
    ("environ", "where"),
    [({"VEDETTE_PROT": "1"}, "VEDETTE_PROT"), ({"VEDETTE_PORT": "many"}, "port"), ({"VEDETTE_PORT": "70000"}, "port")],
)
def test_a_wrong_setting_is_named(environ, where):
    """An unknown name and an impossible value stop the start."""
    with pytest.raises(Invalid) as error:
        load_settings(environ=environ)

    assert where in error.value.faults[0].where


def test_secrets_do_not_show():
    """A password in a log would be one too many."""
    assert "hunter2" not in repr(Settings(bootstrap_password="hunter2"))
