"""What editors do in a browser, for tests that need it on their way."""

from tests.reliability.live import PASSWORD

ROWS = "#strengths-group tr.form-row:not(.empty-form)"


def sign_in(page, name):
    page.locator("input[name=login]").fill(name)
    page.locator("input[type=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("input[type=password]").press("Enter")


def open_profile(page, name):
    """Open the change page of a profile, named like "Contador en Global" or "Contador en base"."""
    role, _, size = name.partition(" en ")
    page.goto(f"/admin/profiles/profile/?q={role}")
    row = page.locator("#result_list tbody tr", has_text=size).filter(has_text=role).first
    with page.expect_navigation():
        row.locator("th a").first.click()


def open_strengths(page, name):
    open_profile(page, name)
    page.locator("#strengths-group summary").click()


def add_strength(page, text):
    page.locator("#strengths-group .add-row a").click()
    page.locator(f"{ROWS} textarea").last.fill(text)


def strengths(page):
    """Return the texts of the strengths in the order of the page."""
    return [row.input_value() for row in page.locator(f"{ROWS} .field-text textarea").all()]


def save(page, button="input[name=_continue]"):
    with page.expect_navigation():
        page.locator(button).click()


def is_saved(page):
    return page.locator(".messagelist .success").count() == 1


def hold(page, pattern, when=lambda request: True):
    """Hold back what is asked for at ``pattern``; return the requests that wait."""
    held = []

    def keep(route):
        if when(route.request):
            held.append(route)
        else:
            route.continue_()

    page.route(pattern, keep)
    return held


def wait_for_one(page, held):
    """Return the first request that is held back, once it has come."""
    for _ in range(1_000):
        if held:
            return held[0]
        page.wait_for_timeout(10)
    raise AssertionError("nothing was asked for")
