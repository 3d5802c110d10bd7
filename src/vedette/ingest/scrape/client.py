"""HTTP clients as a configuration describes them: TLS, credentials, proxies."""

import asyncio
import base64
import http.cookiejar
import ssl
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import httpx

from vedette.ingest.scrape.config import BasicAuth, Client, HeaderValues, OAuth2, Proxy, Tls

_MOST_REDIRECTS = 10
_LOOK_EVERY_S = 10.0
_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
# As many connections as there are targets: one that hangs must not keep others waiting.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=90)


def http_client(config: Client, *, timeout_s: float) -> httpx.AsyncClient:
    """Return a client; raises OSError, ValueError or ssl.SSLError for bad certificates. Loads files: not for loops."""
    return httpx.AsyncClient(
        verify=_tls(config.tls_config),
        auth=_Credentials(config),
        follow_redirects=config.follow_redirects,
        max_redirects=_MOST_REDIRECTS,
        timeout=timeout_s,
        limits=_LIMITS,
        cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
        **_proxies(config),
    )


class SharedClient:
    """The client of a job's scrapes, made anew when its files change."""

    def __init__(self, config: Client, *, timeout_s: float) -> None:
        self._config, self._timeout_s = config, timeout_s
        self._client: httpx.AsyncClient | None = None
        self._stamps: list[tuple[float, int]] = []
        self._look_at = 0.0
        self._old: list[tuple[float, httpx.AsyncClient]] = []
        self._lock = asyncio.Lock()

    async def get(self) -> httpx.AsyncClient:
        """Return the client; raises OSError, ValueError or ssl.SSLError when it cannot be made."""
        if self._client is None or time.monotonic() >= self._look_at:
            async with self._lock:
                await self._look()
        assert self._client is not None  # noqa: S101 - it was made, or that raised
        return self._client

    async def close(self) -> None:
        """Close all connections."""
        clients = [each for _, each in self._old] + ([self._client] if self._client is not None else [])
        await asyncio.gather(*(each.aclose() for each in clients))

    async def _look(self) -> None:
        now = time.monotonic()
        if self._client is not None and now < self._look_at:
            return
        for since, each in self._old:
            if now - since > self._timeout_s:
                await each.aclose()
        self._old = [(since, each) for since, each in self._old if now - since <= self._timeout_s]
        files = files_of(self._config)
        stamps = await asyncio.to_thread(lambda: [(each.stat().st_mtime, each.stat().st_size) for each in files])
        if self._client is None or stamps != self._stamps:
            made = await asyncio.to_thread(http_client, self._config, timeout_s=self._timeout_s)
            if self._client is not None:
                self._old.append((now, self._client))
            self._client, self._stamps = made, stamps
        self._look_at = now + _LOOK_EVERY_S


def server_name(config: Client) -> dict[str, Any]:
    """Return what makes a request ask for (and check) another host name than the address says."""
    return {"sni_hostname": config.tls_config.server_name} if config.tls_config.server_name else {}


def files_of(config: Client) -> list[Path]:
    """Return the files that a client reads once: after a change of these there has to be a new one."""
    given = (config.tls_config.ca_file, config.tls_config.cert_file, config.tls_config.key_file)
    return [Path(each) for each in given if each]


def _proxies(config: Proxy) -> dict[str, Any]:
    if not config.proxy_url:
        return {"trust_env": config.proxy_from_environment}
    direct: dict[str, None] = {}
    for host in (each.strip() for each in config.no_proxy.split(",")):
        if host:
            plain = host.removeprefix("*").removeprefix(".")
            direct |= {f"all://{plain}": None, f"all://*.{plain}": None} if plain else {"all://": None}
    return {"trust_env": False, "proxy": config.proxy_url, "mounts": direct}


def _tls(config: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.ca_file or None, cadata=config.ca or None)
    if config.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if config.cert_file or config.cert:
        _show_certificate(context, config)
    context.minimum_version = _VERSIONS[config.min_version or "TLS12"]
    if config.max_version:
        context.maximum_version = _VERSIONS[config.max_version]
    return context


def _show_certificate(context: ssl.SSLContext, config: Tls) -> None:
    if config.cert_file and config.key_file:
        context.load_cert_chain(config.cert_file, config.key_file)
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        for text, path in ((config.cert, config.cert_file), (config.key, config.key_file)):
            file.write(f"{text or _of_file(path)}\n")
        file.flush()
        context.load_cert_chain(file.name)


def _of_file(path: str) -> str:
    return Path(path).read_text().strip() if path else ""


def _first_headers(config: Client) -> list[tuple[str, str]]:
    """Return the headers that a configuration adds, from its files as they are now."""
    headers = [(name, value) for name, given in config.http_headers.items() for value in _values(given)]
    if (basic := config.basic_auth) is not None:
        headers.append(("Authorization", f"Basic {_basic(basic)}"))
    elif (given_one := config.authorization) is not None:
        credentials = given_one.credentials or _of_file(given_one.credentials_file)
        headers.append(("Authorization", f"{given_one.type} {credentials}".strip()))
    elif config.bearer_token or config.bearer_token_file:
        headers.append(("Authorization", f"Bearer {config.bearer_token or _of_file(config.bearer_token_file)}"))
    return headers


def _files_of_headers(config: Client) -> list[str]:
    basic, given = config.basic_auth or BasicAuth(), config.authorization
    named = [
        config.bearer_token_file,
        basic.username_file,
        basic.password_file,
        given.credentials_file if given else "",
    ]
    return [each for each in (*named, *(file for more in config.http_headers.values() for file in more.files)) if each]


def _values(given: HeaderValues) -> list[str]:
    return [*given.values, *given.secrets, *map(_of_file, given.files)]


def _basic(basic: BasicAuth) -> str:
    username = basic.username or _of_file(basic.username_file)
    password = basic.password or _of_file(basic.password_file)
    return base64.b64encode(f"{username}:{password}".encode()).decode()


class _Credentials(httpx.Auth):
    """Adds headers; those in files are read for every request, since they are changed under way."""

    def __init__(self, config: Client) -> None:
        self._config = config
        self._has_files = bool(_files_of_headers(config))
        self._token = _Token(config.oauth2) if config.oauth2 is not None else None

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        config = self._config
        headers = await asyncio.to_thread(_first_headers, config) if self._has_files else _first_headers(config)
        for name, value in headers:
            request.headers[name] = value
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {await self._token.get()}"
        yield request


class _Token:
    """A token got with client credentials, before the first request and again when it expires.

    Source: https://www.rfc-editor.org/rfc/rfc6749#section-4.4.
    """

    def __init__(self, config: OAuth2) -> None:
        self._config = config
        self._token, self._until = "", 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """Return the token; raises httpx.HTTPError, OSError or ValueError."""
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._renew()
        return self._token

    async def _renew(self) -> None:
        config = self._config
        form: Mapping[str, str] = {"grant_type": "client_credentials", **config.endpoint_params}
        if config.scopes:
            form = {**form, "scope": " ".join(config.scopes)}
        secret = config.client_secret or await asyncio.to_thread(_of_file, config.client_secret_file)
        context = await asyncio.to_thread(_tls, config.tls_config)
        async with httpx.AsyncClient(verify=context, timeout=10, **_proxies(config)) as client:
            answer = await client.post(config.token_url, data=dict(form), auth=(config.client_id, secret))
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict) or not document.get("access_token"):
            raise ValueError(f"{config.token_url} gave no access_token")
        self._token = str(document["access_token"])
        self._until = time.monotonic() + float(document.get("expires_in") or 300) * 0.9
