"""Keys on disk: what is kept of them, what is found by them, and the commands that make, list and end them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli
from qa.config import Settings
from qa.errors import BadKeyError, KeyFileError
from qa.keys import KeyStore, Ring
from qa.keys.ring import today


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "deep" / "keys.json")


def ring_of(store: KeyStore) -> Ring:
    ring = store.ring()
    assert ring is not None
    return ring


class TestStore:
    def test_where_there_is_no_file_there_is_no_ring(self, store: KeyStore) -> None:
        assert store.ring() is None

    def test_what_is_kept_of_a_key_is_its_sha_256(self, store: KeyStore) -> None:
        token = store.add("ada")
        kept = json.loads(store.path.read_text())
        expected = hashlib.sha256(token.encode()).hexdigest()
        assert kept["keys"] == [{"name": "ada", "sha256": expected, "created": today(), "used": None}]
        assert token not in store.path.read_text()

    def test_a_token_is_256_random_bits_with_a_prefix(self, store: KeyStore) -> None:
        tokens = {store.add(f"key-{number}") for number in range(20)}
        assert len(tokens) == 20
        assert all(token.startswith("qa_") and len(token) == 3 + 43 for token in tokens)  # 43 * 6 bits >= 256

    def test_the_file_is_its_owners_alone(self, store: KeyStore) -> None:
        store.add("ada")
        store.add("bo")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.path.parent.iterdir()}
        assert modes == {"keys.json": 0o600, "keys.json.lock": 0o600}

    def test_a_token_finds_its_key_and_no_other(self, store: KeyStore) -> None:
        ada, bo = store.add("ada"), store.add("bo")
        found = [
            key.name if (key := ring_of(store).key_of(token)) else None for token in (ada, bo, ada[:-1], ada + "a")
        ]
        assert found == ["ada", "bo", None, None]

    @pytest.mark.parametrize(
        "token", ["", " ", "qa_", "ключ" * 10, "a" * 10_000, "qa_" + "\0" * 43, "\ud800" * 30, "a" * 46]
    )
    def test_what_is_no_token_finds_nothing(self, store: KeyStore, token: str) -> None:
        store.add("ada")
        ring = ring_of(store)
        assert ring.key_of(token) is None
        assert ring.key_of_session(token, datetime.now(UTC)) is None

    def test_the_hash_itself_opens_nothing(self, store: KeyStore) -> None:
        token = store.add("ada")
        assert ring_of(store).key_of(hashlib.sha256(token.encode()).hexdigest()) is None

    def test_a_change_by_another_process_is_seen(self, store: KeyStore) -> None:
        token = store.add("ada")
        assert ring_of(store).key_of(token) is not None
        KeyStore(store.path).revoke("ada")
        assert ring_of(store).key_of(token) is None

    def test_nothing_is_read_again_that_has_not_changed(self, store: KeyStore) -> None:
        store.add("ada")
        assert ring_of(store) is ring_of(store)

    def test_a_file_that_is_taken_away_is_no_file_without_keys(self, store: KeyStore) -> None:
        store.add("ada")
        assert store.ring() is not None
        store.path.unlink()
        with pytest.raises(KeyFileError, match=r"keys\.json, is gone; put it back"):
            store.ring()

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "null", "{}", '{"format": 2, "keys": [], "sessions": []}',
         '{"format": 1, "keys": [{"name": "a"}], "sessions": []}',
         '{"format": 1, "keys": [{"name": "a", "sha256": "é", "created": ""}], "sessions": []}',
         '{"format": 1, "keys": [{"name": "a", "sha256": 5, "created": ""}], "sessions": []}',
         '{"format": 1, "keys": [], "sessions": [{"sha256": "a", "key": "b", "ends": "soon"}]}'],
    )  # fmt: skip
    def test_a_damaged_file_is_named_and_not_written_over(self, store: KeyStore, text: str) -> None:
        store.path.parent.mkdir()
        store.path.write_text(text)
        for use in (store.ring, lambda: store.add("ada"), lambda: store.revoke("ada")):
            with pytest.raises(KeyFileError, match="damaged"):
                use()
        assert store.path.read_text() == text

    @pytest.mark.parametrize("name", ["", "a" * 65, "-a", "a b", "a\nb", "é", "../a", "a/b", "<b>"])
    def test_a_name_can_be_written_anywhere(self, store: KeyStore, name: str) -> None:
        with pytest.raises(BadKeyError):
            store.add(name)
        assert store.ring() is None

    def test_a_name_is_had_once(self, store: KeyStore) -> None:
        token = store.add("ada")
        with pytest.raises(BadKeyError, match="already"):
            store.add("ada")
        assert ring_of(store).key_of(token) is not None

    def test_many_at_a_time_lose_nothing(self, store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("qa.keys.keeping._PATIENCE_S", 300.0)  # the disk may be busy
        threads = [threading.Thread(target=KeyStore(store.path).add, args=(f"key-{n}",)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {key.name for key in ring_of(store).keys} == {f"key-{n}" for n in range(12)}

    def test_the_day_of_use_is_kept(self, store: KeyStore) -> None:
        store.add("ada")
        store.used("ada")
        assert [key.used for key in ring_of(store).keys] == [today()]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_what_may_not_be_read_raises(self, store: KeyStore) -> None:
        store.add("ada")
        store.path.chmod(0)
        with pytest.raises(KeyFileError, match="cannot be read"):
            KeyStore(store.path).ring()


class TestSessions:
    def test_a_session_opens_for_a_while_as_its_key(self, store: KeyStore) -> None:
        store.add("ada")
        token, now = store.begin_session("ada"), datetime.now(UTC)
        ring = ring_of(store)
        named = [
            key.name if (key := ring.key_of_session(token, now + timedelta(days=d))) else None for d in (0, 29, 31)
        ]
        assert named == ["ada", "ada", None]
        assert token not in store.path.read_text()

    def test_the_token_of_a_session_is_no_key_and_a_key_is_no_session(self, store: KeyStore) -> None:
        key = store.add("ada")
        session = store.begin_session("ada")
        ring = ring_of(store)
        assert ring.key_of(session) is None
        assert ring.key_of_session(key, datetime.now(UTC)) is None

    def test_it_ends_when_it_is_ended_and_with_its_key(self, store: KeyStore) -> None:
        store.add("ada")
        first, second = store.begin_session("ada"), store.begin_session("ada")
        store.end_session(first)
        ring = ring_of(store)
        assert ring.key_of_session(first, datetime.now(UTC)) is None
        assert ring.key_of_session(second, datetime.now(UTC)) is not None
        store.revoke("ada")
        store.add("ada")  # another one of this name does not bring it back
        assert ring_of(store).key_of_session(second, datetime.now(UTC)) is None

    def test_there_are_only_so_many_of_a_key_and_the_newest_stay(self, store: KeyStore) -> None:
        store.add("ada")
        store.add("bo")
        other = store.begin_session("bo")
        tokens = [store.begin_session("ada") for _ in range(25)]
        ring, now = ring_of(store), datetime.now(UTC)
        assert [bool(ring.key_of_session(token, now)) for token in tokens] == [False] * 5 + [True] * 20
        assert ring.key_of_session(other, now)

    def test_none_begins_for_a_key_that_has_ended(self, store: KeyStore) -> None:
        store.add("ada")
        store.revoke("ada")
        token = store.begin_session("ada")
        store.add("ada")
        assert ring_of(store).key_of_session(token, datetime.now(UTC)) is None


class TestWhere:
    def test_it_is_beside_the_indexes_or_where_it_is_said(self) -> None:
        assert KeyStore.of(Settings(indexes=Path("some"))).path == Path("some/keys.json")
        assert KeyStore.of(Settings(keys="/etc/qa/keys.json")).path == Path("/etc/qa/keys.json")


class TestCommands:
    @pytest.fixture
    def run(self, tmp_path: Path) -> object:
        def ran(*arguments: str) -> Result:
            return CliRunner().invoke(cli, ["keys", *arguments, "--indexes", str(tmp_path)])

        return ran

    def test_from_none_to_one_to_none(self, run: object, tmp_path: Path) -> None:
        assert callable(run)
        assert "answers whoever reaches it" in run("list").stdout
        added = run("add", "ada")
        assert added.exit_code == 0
        token = added.stdout.removesuffix("\n")
        assert KeyStore(tmp_path / "keys.json").ring().key_of(token).name == "ada"  # type: ignore[union-attr]
        assert added.stderr.splitlines() == [
            f"This is the key 'ada'; it is not shown again. Its hash is in {tmp_path / 'keys.json'}.",
            "From now on a server with these indexes wants a key.",
        ]
        assert run("list").stdout.splitlines() == ["name  made        last used", f"ada   {today()}  never"]
        assert json.loads(run("list", "--json").stdout) == [{"name": "ada", "created": today(), "used": None}]
        revoked = run("revoke", "ada")
        assert revoked.stdout == "The key 'ada' has ended.\n"
        assert "answers nobody" in revoked.stderr
        assert "answers nobody" in run("list").stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [(("add", "a b"), "cannot be the name of a key"), (("revoke", "nobody"), "There is no key 'nobody'")],
    )
    def test_what_cannot_be_done_is_a_sentence(self, run: object, arguments: tuple[str, ...], says: str) -> None:
        assert callable(run)
        result = run(*arguments)
        assert result.exit_code == 1
        assert says in result.stderr
        assert "Traceback" not in result.output
