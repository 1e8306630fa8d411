"""A client of a Frappe site by requests-oauthlib, strict about the scope: python3 … ISSUER CLIENT_ID CLIENT_SECRET"""
import json
import os
import sys

import requests
from requests_oauthlib import OAuth2Session

assert "OAUTHLIB_RELAX_TOKEN_SCOPE" not in os.environ
issuer, client_id, client_secret = sys.argv[1:4]
site = issuer + "/api/method/"
method = site + "frappe.integrations.oauth2."
session = OAuth2Session(client_id, redirect_uri="http://localhost:3999/callback", scope=["all", "openid"])
url, _ = session.authorization_url(method + "authorize")
print("authorize " + url, flush=True)
token = session.fetch_token(
    method + "get_token",
    client_secret=client_secret,
    include_client_id=True,
    authorization_response=sys.stdin.readline().strip(),
)
logged = session.get(site + "frappe.auth.get_logged_user").json()
refreshed = session.refresh_token(method + "get_token", client_id=client_id, client_secret=client_secret)
profile = session.get(method + "openid_profile").json()
form = {"token": session.token["access_token"], "client_id": client_id, "client_secret": client_secret}
introspected = requests.post(method + "introspect_token", data=form).json()
revoked = requests.post(method + "revoke_token", data=form)
print(
    json.dumps(
        {
            "scope": sorted(token["scope"]),
            "refreshed": refreshed["access_token"] != token["access_token"] and sorted(refreshed["scope"]) == ["all", "openid"],
            "logged": logged,
            "profile": profile,
            "introspected": {name: introspected[name] for name in ("active", "client_id", "scope", "email")},
            "revoked": [revoked.status_code, revoked.json()],
            "afterwards": session.get(method + "openid_profile").status_code,
        }
    )
)
