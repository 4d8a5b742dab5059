"""The conformance vectors run in the page: this package gives the same answers in a browser."""

from pathlib import Path

from cognito_claims.conformance import load
from tests.playground.conftest import Playground

ADAPTER = (Path(__file__).parents[1] / "vector_adapter.py").read_text("utf-8")
SERVICE_SUBJECTS = ("listing", "paging")

STUBS = """
import sys, types

def provide(name, **members):
    sys.modules[name] = module = types.ModuleType(name)
    module.__dict__.update(members)

provide("tests")
provide("tests.conftest", Connect=object)
provide("tests.scripted_server", ScriptedServer=object)
"""
"""The modules of the suite that the adapter imports: a page has no sockets."""

RUN = '''
from cognito_claims.client import AdminListGroupsForUserPaginator
from cognito_claims.conformance import load

class Paginator:
    def __init__(self, pages):
        self.pages = pages
        self.resume_token = None

    def paginate(self, **arguments):
        return self

    def __iter__(self):
        for page in self.pages:
            yield page
            if not page.get("NextToken"):
                return

class Client:
    """boto3's client, whose paginator reads these pages."""

    def __init__(self, pages):
        self.pages = pages

    def get_paginator(self, operation):
        return Paginator(self.pages)

class PageAdapter(VectorAdapter):
    def read_pages(self, pages, connect):
        resolution = resolve_user(Client(pages), username="alice", user_pool_id="eu-west-1_EXAMPLE")
        return tuple(group.group_name for group in resolution.ranking)

def find_wrong(subject):
    adapter = PageAdapter()
    [vectors] = [vectors for vectors in load() if vectors.subject == subject]
    wrong = [
        case.id
        for case in vectors.cases
        if not case.expected[0].is_equivalent(adapter.answer(subject, case.input, None))
    ]
    return len(vectors.cases), wrong
'''


def run(shown: Playground, code: str) -> object:
    return shown.worker.evaluate(
        """code => {
            const globals = self.vectors ??= pyodide.toPy({ __name__: "vectors" });
            return pyodide.runPython(code, { globals })?.toJs() ?? null;
        }""",
        code,
    )


def test_every_offline_case_passes_in_the_browser(shown: Playground) -> None:
    for code in (STUBS, ADAPTER, RUN):
        run(shown, f"{code}\nNone")
    counts = {vectors.subject: len(vectors.cases) for vectors in load()}
    for subject, count in counts.items():
        if subject not in SERVICE_SUBJECTS:
            assert run(shown, f"find_wrong({subject!r})") == [count, []], subject
    assert sum(counts.values()) > 400
