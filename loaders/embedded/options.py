"""The words that `postgres` is called with: our settings, and none that would open another way in."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from loaders.embedded.errors import SettingRefusedError

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "wal_compression": "pglz",
        "summarize_wal": "on",
        # Several processes that serve (`serve --workers`), each with its bound and a dozen beside.
        "max_connections": "300",
        "timezone": "UTC",
        # A value of a child's file never reaches a log: no DETAIL, no statement.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
    }
)
# What would open another way in, or move the server from where its supervisor looks for it.
RESERVED_SETTINGS = frozenset(
    {
        "listen_addresses",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
        "unix_socket_group",
        "data_directory",
        "config_file",
        "hba_file",
        "ident_file",
        "external_pid_file",
        "logging_collector",
    }
)


def must_be_free(names: Iterable[str]) -> None:
    """Raises: SettingRefusedError for a setting that belongs to the supervisor."""
    for name in names:
        if name.lower() in RESERVED_SETTINGS:
            raise SettingRefusedError(f"The server setting {name} belongs to the supervisor.")


def words(data: Path, sockets: Path, chosen: Mapping[str, str]) -> list[str]:
    """Where it finds its data, where it listens, and each setting."""
    settings = {**SETTINGS, "shared_buffers": _quarter_of_memory(), **chosen}
    called = ["-D", str(data), "-k", str(sockets), "-c", "listen_addresses="]
    for name, value in settings.items():
        called += ["-c", f"{name}={value}"]
    return called


def _quarter_of_memory() -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        limit = "max"
    if limit.isdecimal():
        memory = min(memory, int(limit))
    return f"{max(memory // 4 // 2**20, 16)}MB"
