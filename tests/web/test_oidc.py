"""A log-in by an identity provider, against a made-up one on loopback that may be told to lie."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("joserfc", reason="the extra oidc is not installed")

from fake_access import PATIENCE_S, FakeProvider, Guarded, Harbour, make_users, path_of, until
from joserfc import jwk

from tankerwatch.config.access import Access, Oidc
from tankerwatch.core.errors import InputFault
from tankerwatch.desk.entrance import _provider
from tankerwatch.web.access.oidc import OidcProvider, Settings
from tankerwatch.web.access.roles import Role


@pytest.fixture(scope="module")
def provider():
    made = FakeProvider()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def served(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oidc")
    for name in ("index", "login", "entered"):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    roles = ((Role.VIEWER, frozenset({"port"})), (Role.WATCHKEEPER, frozenset({"watch"})), (Role.ADMIN, frozenset({"boss"})))
    settings = Settings(provider.issuer, "tankerwatch", "hush", ("profile",), "preferred_username", "realm_access.roles", roles)
    made = Guarded(Harbour(), folder, make_users(folder / "users.json"), OidcProvider(settings))
    yield made
    made.stop()


@pytest.fixture
def desk(served, provider):
    provider.claims, provider.lie, provider.algorithm, provider.signing = {}, {}, "RS256", provider.key
    served.harbour.decided.clear()
    served.door.tries.by_address._buckets.clear()
    served.door.provider._known = None
    return served


def away(client, provider):
    """To the provider and back, as a browser goes; where it comes back to, and its cookies are kept."""
    sent = client.get("/login/oidc")
    assert sent.status_code == 303, sent.text
    with httpx.Client(base_url=provider.base, timeout=PATIENCE_S, trust_env=False) as elsewhere:
        return elsewhere.get(path_of(sent.headers["location"])).headers["location"]


def claims(name="OLGA", roles=("watch",), **more):
    return {"preferred_username": name, "realm_access": {"roles": list(roles)}, **more}


def test_someone_comes_in_by_the_provider(desk, provider):
    provider.claims = claims(roles=["other", "port", "watch"])
    with desk.client() as client:
        assert client.get("/api/session").json()["provider"] == "127.0.0.1"
        back = away(client, provider)
        assert client.cookies["tankerwatch-oidc"] and desk.door.oidc_cookie == "tankerwatch-oidc"
        asked = provider.asked[-1]
        assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code" and asked["scope"].split()[0] == "openid"
        assert asked["redirect_uri"] == f"{desk.base}/login/oidc/back"
        entered = client.get(path_of(back))
        assert entered.status_code == 200 and "<title>entered" in entered.text
        assert "tankerwatch-oidc" not in client.cookies
        told = client.get("/api/session").json()
        assert (told["name"], told["role"]) == ("OLGA", "watchkeeper")
        client.headers["X-CSRF-Token"] = told["csrf"]
        assert client.post("/api/guard", json={"ship": 200000001, "guard": True}).status_code == 200
        assert client.get(path_of(back)).status_code == 403, "a way back is gone once"
    assert ("guard", "200000001", {"guard": True, "by": "OLGA"}) in desk.harbour.decided
    until(lambda: desk.told("log_in"))
    assert desk.told("log_in")[-1][1]["words"] == "by 127.0.0.1"


def test_a_way_back_that_was_not_begun_here_leads_nowhere(desk, provider):
    provider.claims = claims()
    with desk.client() as client, desk.client() as other:
        back = away(client, provider)
        assert other.get(path_of(back)).status_code == 403, "another browser's: log-in by cross-site request"
        state = parse_qs(urlsplit(back).query)["state"][0]
        assert client.get(f"/login/oidc/back?code=x&state={state[:-1]}").status_code == 403
        assert client.get(path_of(back)).status_code == 403, "one try"
        assert client.get("/login/oidc/back?error=access_denied").status_code == 403
        away(client, provider)
        desk.door.provider.now = lambda: 1e12
        try:
            assert client.get(path_of(away(client, provider))).status_code == 200
        finally:
            desk.door.provider.now = desk.clock


@pytest.mark.parametrize(
    ("lie", "given", "words"),
    [
        ({"claims": {"nonce": "x"}}, claims(), "word is not right"),
        ({"claims": {"aud": "another"}}, claims(), "word is not right"),
        ({"claims": {"aud": ["tankerwatch", "another"]}}, claims(), "word is not right"),
        ({"claims": {"azp": "another"}}, claims(), "word is not right"),
        ({"claims": {"iss": "https://evil.example"}}, claims(), "word is not right"),
        ({"claims": {"exp": 1}}, claims(), "word is not right"),
        ({"key": True}, claims(), "word is not right"),
        ({"algorithm": "HS256"}, claims(), "word is not right"),
        ({}, claims(roles=["nothing"]), "no role for you"),
        ({}, {"preferred_username": "OLGA", "realm_access": "watch"}, "no role for you"),
        ({}, claims(name="<script>"), "no name"),
        ({}, claims(name=["OLGA"]), "no name"),
        ({}, claims(name="ada", roles=["boss"]), "a user of this desk has that name"),
        ({"describe": {"issuer": "https://evil.example"}}, claims(), "not as it should be"),
        ({"describe": {"token_endpoint": "ftp://x/"}}, claims(), "not as it should be"),
        ({"describe": {"jwks_uri": "http://127.0.0.1:1/"}}, claims(), "does not answer"),
    ],
)
def test_a_provider_that_lies_lets_nobody_in(desk, provider, lie, given, words):
    provider.claims, provider.lie = given, lie
    if "key" in lie:
        provider.signing = jwk.RSAKey.generate_key(2048, parameters={"kid": "one"})
    if "algorithm" in lie:
        provider.algorithm, provider.signing = "HS256", jwk.OctKey.generate_key(256, parameters={"kid": "one"})
    with desk.client() as client:
        answer = client.get("/login/oidc" if "describe" in lie else path_of(away(client, provider)))
        assert answer.status_code in (403, 503) and words in answer.json()["error"]
        assert client.get("/api/session").json()["role"] is None
    if "describe" not in lie:
        until(lambda: any(words in told["words"] and told["address"] == "127.0.0.1" for _, told in desk.told("refused")))


def test_the_configuration_makes_the_provider(tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    given = Oidc("https://login.example", "tw", tmp_path / "secret", ("openid",), "name", "groups", (), ("watch",), ("boss",))
    made = _provider(Access(oidc=given))
    assert made.name == "login.example" and made.settings.secret == "hush" and made.settings.roles[2] == (Role.ADMIN, frozenset({"boss"}))
    (tmp_path / "secret").write_text("")
    with pytest.raises(InputFault, match="no secret"):
        _provider(Access(oidc=given))
    (tmp_path / "secret").unlink()
    with pytest.raises(InputFault, match="cannot be read"):
        _provider(Access(oidc=given))
