"""What editors do in a browser, for tests that need it on their way."""

PASSWORD = "una-clave-larga-de-prueba"
# Name, surname and group; without a group a superuser.
PEOPLE = {
    "ana": ("Ana", "Paz", None),
    "bea": ("Bea", "Sol", None),
    "eva": ("Eva", "Luz", "Edición"),
    "fede": ("Fede", "Mar", "Edición"),
    "rita": ("Rita", "Ríos", "Redacción"),
}
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, (first, last, group) in {PEOPLE!r}.items():
    user = User.objects.create_user(
        name, password={PASSWORD!r}, first_name=first, last_name=last,
        is_staff=True, is_superuser=group is None,
    )
    user.groups.set(Group.objects.filter(name=group))
"""


def sign_in(page, name):
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[name=username], input[name=login]").first.fill(name)
    with page.expect_navigation():
        page.locator("input[type=password]").press("Enter")


def open_profile(page, name):
    """Open the change page of a profile, named like "Contador en Global" or "Contador en base"."""
    role, _, size = name.partition(" en ")
    page.goto(f"/admin/profiles/profile/?q={role}")
    row = page.locator("#result_list tbody tr", has_text=size).filter(has_text=role).first
    with page.expect_navigation():
        row.locator("th a").first.click()


def save(page):
    with page.expect_navigation():
        page.locator("input[name=_continue]").click()


def go_on(page, button):
    """Press a button of the change page that leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
