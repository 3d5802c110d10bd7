"""HTTP clients as a configuration describes them: TLS, credentials, proxies."""

import ssl
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import httpx

from vedette.ingest.scrape.config import Client, OAuth2, Tls

_MOST_REDIRECTS = 10


def http_client(config: Client, *, timeout_s: float) -> httpx.AsyncClient:
    """Return a client; raises OSError or ssl.SSLError when certificates cannot be read. Loads files: not for loops."""
    return httpx.AsyncClient(
        verify=_tls(config.tls_config),
        auth=_auth(config),
        headers=_headers(config),
        follow_redirects=config.follow_redirects,
        max_redirects=_MOST_REDIRECTS,
        timeout=timeout_s,
        proxy=config.proxy_url or None,
        trust_env=config.proxy_from_environment,
    )


def server_name(config: Client) -> dict[str, Any]:
    """Return what makes a request ask for (and check) another host name than the address says."""
    return {"sni_hostname": config.tls_config.server_name} if config.tls_config.server_name else {}


def _tls(config: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.ca_file or None, cadata=config.ca or None)
    if config.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if config.cert_file:
        context.load_cert_chain(config.cert_file, config.key_file or None)
    elif config.cert:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(f"{config.cert}\n{config.key}\n")
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _auth(config: Client) -> httpx.Auth | None:
    if (basic := config.basic_auth) is not None:
        return httpx.BasicAuth(
            basic.username or _file(basic.username_file), basic.password or _file(basic.password_file)
        )
    if (given := config.authorization) is not None:
        return _Header(f"{given.type} {given.credentials or _file(given.credentials_file)}")
    if config.bearer_token or config.bearer_token_file:
        return _Header(f"Bearer {config.bearer_token or _file(config.bearer_token_file)}")
    return _ClientCredentials(config.oauth2) if config.oauth2 is not None else None


def _headers(config: Client) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, given in config.http_headers.items()
        for value in (*given.values, *given.secrets, *map(_file, given.files))
    ]


def _file(path: str) -> str:
    return Path(path).read_text().strip() if path else ""


class _Header(httpx.Auth):
    def __init__(self, value: str) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._value
        yield request


class _ClientCredentials(httpx.Auth):
    """Gets a token before the first request and again when it expires."""

    requires_response_body = True

    def __init__(self, config: OAuth2) -> None:
        self._config = config
        self._token, self._until = "", 0.0

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if time.monotonic() >= self._until:
            await self._renew()
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    async def _renew(self) -> None:
        config = self._config
        form = {"grant_type": "client_credentials", **config.endpoint_params}
        if config.scopes:
            form["scope"] = " ".join(config.scopes)
        secret = config.client_secret or _file(config.client_secret_file)
        async with httpx.AsyncClient(verify=_tls(config.tls_config), timeout=10) as client:
            answer = await client.post(config.token_url, data=form, auth=(config.client_id, secret))
        answer.raise_for_status()
        document = answer.json()
        self._token = str(document["access_token"])
        self._until = time.monotonic() + float(document.get("expires_in", 300)) * 0.9
