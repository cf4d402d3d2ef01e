"""What the local cloud keeps for its user alone."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

from local.private import private_folder, random_letters, stored_secret, write_private


def mode_of(path):
    return path.stat().st_mode & 0o777


def test_of_many_that_want_a_new_secret_at_once_all_get_the_same(tmp_path):
    numbers = count()

    with ThreadPoolExecutor(16) as wanting:
        got = set(wanting.map(lambda _: stored_secret(tmp_path / "new" / "key", lambda: str(next(numbers))), range(64)))

    assert len(got) == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["key"]


def test_a_stored_secret_stays_and_its_folder_is_closed_again(tmp_path):
    first = stored_secret(tmp_path / "key", lambda: random_letters(32))
    tmp_path.chmod(0o755)

    second = stored_secret(tmp_path / "key", lambda: random_letters(32))

    assert first == second
    assert len(first) == 32
    assert (mode_of(tmp_path), mode_of(tmp_path / "key")) == (0o700, 0o600)


def test_a_file_that_was_longer_and_open_to_all_is_written_again(tmp_path):
    file = private_folder(tmp_path / "closed") / "env"
    file.write_text("more than there will be")
    file.chmod(0o644)

    write_private(file, "less")

    assert (file.read_text(), mode_of(file)) == ("less", 0o600)
