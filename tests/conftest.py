"""Fixtures for all tests: moto's server, a server with scripted responses, boto3 clients and a browser."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import boto3
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from playwright.sync_api import Browser, Page, Request

from cognito_claims.pool import Snapshot, audit, render_audit_html
from tests.chromium import launch
from tests.pool_data import write_faulty_pool
from tests.samples import role
from tests.scripted_server import ScriptedServer
from tests.spark import has_java, session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Examples differ from run to run. On a busy machine, a slow example does not indicate a fault.
os.environ["TERM"] = "xterm"  # in a dumb terminal, Rich draws no progress bar
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", settings.get_profile("default"), max_examples=25)
settings.register_profile("fixed", settings.get_profile("default"), derandomize=True)
settings.load_profile("default")

# Type checkers read the one, and the modules of the other register bugs when they are imported, once.
collect_ignore = ["typing", "broken_services"]

Client = CognitoIdentityProviderClient
Scheme = Literal["light", "dark"]


class Connect(Protocol):
    """Create a boto3 client of an endpoint, which makes one attempt by default."""

    def __call__(self, endpoint_url: str, attempts: int = 1) -> Client: ...


class OpenPage(Protocol):
    """Write a report to a file and open it, perhaps with a fragment of its URL."""

    def __call__(
        self,
        html: str,
        *,
        width: int = 1100,
        height: int = 800,
        scheme: Scheme = "light",
        fragment: str = "",
    ) -> Page: ...


def pytest_configure(config: pytest.Config) -> None:
    """Without Java, exclude the code of Spark from coverage."""
    coverage: Any = config.pluginmanager.getplugin("_cov")
    if not has_java() and coverage is not None and coverage.cov_controller is not None:
        controller = coverage.cov_controller
        for one in filter(None, (controller.cov, controller.combining_cov)):
            one.set_option("report:exclude_lines", [*one.get_option("report:exclude_lines"), "Spark[(:]"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that start Spark, a browser or moto's server as slow."""
    for item in items:
        if isinstance(item, pytest.Function) and {"spark", "browser", "moto_url"} & {*item.fixturenames}:
            item.add_marker("slow")


@pytest.fixture(scope="session", autouse=True)
def _no_aws() -> Iterator[None]:
    """Ignore the AWS configuration of the machine, and use no proxy for loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_"):
                patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1")
        yield


@pytest.fixture(scope="class")
def fixed_examples() -> Iterator[None]:
    """Draw the same examples in each run, for tests that random examples would make flaky."""
    settings.load_profile("fixed")
    yield
    settings.load_profile("default")


@pytest.fixture(scope="session")
def connect(_no_aws: None) -> Connect:
    def connect(endpoint_url: str, attempts: int = 1) -> CognitoIdentityProviderClient:
        return boto3.client(  # pyright: ignore[reportUnknownMemberType]
            "cognito-idp",
            region_name="eu-west-1",
            endpoint_url=endpoint_url,
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
        )

    return connect


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def moto(moto_url: str, connect: Connect) -> CognitoIdentityProviderClient:
    return connect(moto_url)


@pytest.fixture(scope="session")
def alices_pool(moto: CognitoIdentityProviderClient) -> str:
    """A pool on moto's server with a user `alice` in two groups, `staff` and, above it, `admins`."""
    pool = moto.create_user_pool(PoolName="alice's")["UserPool"]["Id"]
    moto.admin_create_user(UserPoolId=pool, Username="alice")
    for name, precedence, arn in (("staff", 10, role("staff")), ("admins", 0, role("admin"))):
        moto.create_group(UserPoolId=pool, GroupName=name, Precedence=precedence, RoleArn=arn)
        moto.admin_add_user_to_group(UserPoolId=pool, Username="alice", GroupName=name)
    return pool


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    with session(tmp_path_factory.mktemp("spark")) as spark:
        yield spark


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def client(scripted: ScriptedServer, connect: Connect) -> CognitoIdentityProviderClient:
    """A client of the scripted server."""
    return connect(scripted.url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, which loads nothing from the network."""
    with launch() as browser:
        yield browser


@pytest.fixture(scope="session")
def faulty_pool(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return write_faulty_pool(tmp_path_factory.mktemp("pool") / "faulty")


@pytest.fixture(scope="session")
def faulty_report(faulty_pool: Snapshot) -> str:
    """Render the report of a pool with many problems, with all users."""
    return render_audit_html(audit(faulty_pool), faulty_pool, all_users=True)


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Open reports, which must make no request and log no message, such as a violation of their policy."""
    messages: list[str] = []
    urls: list[str] = []
    file = tmp_path / "report.html"

    def note(request: Request) -> None:
        urls.append(request.url)

    def open_page(
        html: str, *, width: int = 1100, height: int = 800, scheme: Scheme = "light", fragment: str = ""
    ) -> Page:
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", note)
        page.goto(file.as_uri() + fragment)
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert messages == []
    assert {url.partition("#")[0] for url in urls} <= {file.as_uri(), "data:,"}
