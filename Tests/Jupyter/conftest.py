"""A skipped test fails the run: jupyter_kernel_test skips what a kernel does not supply, and we supply everything."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_history(tmp_path_factory):
    """The tests' cells stay out of the history of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUILL_HOME", str(tmp_path_factory.mktemp("quill")))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped: {report.longrepr}"
    return report
