"""The SQLite file behind everything: what is committed survives SIGKILL."""

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS devices (
    server TEXT, application_id TEXT, device_id TEXT, join_eui TEXT, dev_eui TEXT, record TEXT NOT NULL,
    PRIMARY KEY (server, application_id, device_id));
CREATE UNIQUE INDEX IF NOT EXISTS device_euis ON devices (server, join_eui, dev_eui);
CREATE TABLE IF NOT EXISTS claimable (
    dev_eui TEXT PRIMARY KEY, join_eui TEXT NOT NULL, authentication_code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS claims (
    dev_eui TEXT PRIMARY KEY, join_eui TEXT NOT NULL, application_id TEXT NOT NULL, device_id TEXT NOT NULL,
    authentication_code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS join_server_answers (
    id INTEGER PRIMARY KEY, status INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS api_keys (
    key TEXT PRIMARY KEY, application_id TEXT NOT NULL, rights TEXT NOT NULL, expires_at TEXT);
CREATE TABLE IF NOT EXISTS webhooks (
    application_id TEXT, webhook_id TEXT, record TEXT NOT NULL, PRIMARY KEY (application_id, webhook_id));
CREATE TABLE IF NOT EXISTS sessions (
    application_id TEXT, device_id TEXT, uplinks INTEGER NOT NULL, PRIMARY KEY (application_id, device_id));
CREATE TABLE IF NOT EXISTS repository_orders (id INTEGER PRIMARY KEY, said TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, method TEXT, path TEXT, nth INTEGER, times INTEGER, action TEXT, delay_s REAL,
    error TEXT, code INTEGER, message TEXT, attributes TEXT, calls INTEGER NOT NULL DEFAULT 0);
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, made with its folder if it is not there; every statement is its own transaction.

    What is committed has gone to the system, which no signal to this process takes back. To wait for the disk would
    only save it from the machine's own end, and hold up every call while others write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(_SCHEMA)
    return connection
