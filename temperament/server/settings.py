"""What a service is started with."""

from dataclasses import dataclass
from pathlib import Path

from temperament.errors import UsageError
from temperament.language import Language

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """One service.

    ``db`` is the SQLite file of feedback and cases (``None``: kept in memory, lost at the end). ``keys`` are the accepted
    API keys; empty means none is asked for. ``hosts`` are the names under which the service may be called (empty: any).
    ``rate`` is requests per second for each key or address (0: no limit), ``max_body`` bytes, ``timeout`` seconds for
    sending a body and for an answer. ``workers`` reading processes stand beside the one that speaks HTTP; 0 reads in
    a thread of its own. ``live`` conversations are kept at a time, each for ``expiry`` seconds after its last turn.
    """

    model: str = "default"
    playbook: Path | None = None
    db: Path | None = None
    keys: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    rate: float = 0.0
    max_body: int = 1_048_576
    timeout: float = 30.0
    workers: int = 0
    language: Language = "zh"
    log_text: bool = False
    live: int = 1000
    expiry: float = 3600.0


def read_keys(path: Path | None, named: str) -> tuple[str, ...]:
    """Return the API keys of a file (one a line, ``#`` begins a comment) and those named, parted by commas.

    Raises ``UsageError`` for a file that cannot be read or a key of fewer than 16 characters.
    """
    lines = named.split(",")
    if path is not None:
        try:
            lines += path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            raise UsageError(
                f"密钥文件 {path} 读不了：{error}。", f"The key file {path} cannot be read: {error}."
            ) from error
    keys = tuple(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    if path is not None and not keys:
        raise UsageError(f"{path} 里没有密钥。一行写一个。", f"{path} holds no key. Write one a line.")
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise UsageError(
            f"密钥至少要 {SHORTEST_KEY} 个字符，例如：python -c 'import secrets; print(secrets.token_urlsafe(24))'。",
            f"A key needs at least {SHORTEST_KEY} characters: python -c 'import secrets; print(secrets.token_urlsafe(24))'.",
        )
    return keys


def check_exposure(host: str, keys: tuple[str, ...], *, insecure: bool) -> None:
    """Refuse to be reachable from other machines without a key, unless that was asked for; raises ``UsageError``."""
    if host in LOOPBACK or keys or insecure:
        return
    raise UsageError(
        f"绑定 {host} 会让别的机器访问，要有密钥：--api-key-file 文件，或环境变量 TEMPERAMENT_API_KEYS；"
        "确实不要密钥，请明说 --insecure。",
        f"Binding to {host} lets other machines in, so keys are needed: --api-key-file FILE or the variable "
        "TEMPERAMENT_API_KEYS; say --insecure if you really want none.",
    )
