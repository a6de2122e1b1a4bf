"""The admin's pages carry the site's icon: a browser that finds none asks for one and complains that it is missing."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_way_in_has_the_icon(client: Client) -> None:
    assert 'rel="icon"' in client.get("/admin/login/").content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/annotations/study/", "/admin/auth/user/add/"])
def test_pages_of_the_admin_have_the_icon(path: str, admin_client: Client) -> None:
    reply = admin_client.get(path)
    assert reply.status_code == 200
    assert 'rel="icon"' in reply.content.decode()
