"""What commands share."""

import pytest
from typer import Exit

from operate.commands.options import explained_if_stopped


@explained_if_stopped()
def stopped():
    raise KeyboardInterrupt


def test_who_stops_a_command_hears_that_what_was_sent_goes_on(capsys):
    with pytest.raises(Exit, check=lambda ended: ended.exit_code == 130):
        stopped()

    assert "What was sent before goes on" in capsys.readouterr().err
