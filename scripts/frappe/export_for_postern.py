"""Writes what Postern imports of a Frappe site into a JSON file that only its owner can read.

The REST API gives neither password hashes nor secrets, so this runs on the site. Copy the file into the folder of the Python
package of an installed app, such as apps/frappe/frappe, and run it there:

    bench --site erp.example.com execute frappe.export_for_postern.export --kwargs '{"path": "/home/frappe/export.json"}'

It changes nothing on the site. Delete both files after the import: the export has every secret in clear text.
"""

import json
import os

import frappe
from frappe.utils import get_url
from frappe.utils.password import get_decrypted_password

FORMAT = "postern-frappe-export"
VERSION = 1

# Versions of Frappe have different fields: those that a site lacks are left out.
USER = ["enabled", "email", "first_name", "last_name", "full_name", "user_image", "language", "user_type", "api_key"]
CLIENT = [
    "client_secret", "app_name", "skip_authorization", "scopes", "redirect_uris", "default_redirect_uri", "grant_type",
    "response_type", "token_endpoint_auth_method", "client_uri", "logo_uri", "tos_uri", "policy_uri", "software_id",
    "software_version", "contacts", "is_dynamic_client",
]
SOCIAL_LOGIN_KEY = [
    "enable_social_login", "social_login_provider", "provider_name", "client_id", "base_url", "authorize_url",
    "access_token_url", "redirect_url", "api_endpoint", "api_endpoint_args", "auth_url_data", "user_id_property",
    "sign_ups", "tenant_id",
]
CONNECTED_APP = [
    "provider_name", "openid_configuration", "client_id", "authorization_uri", "token_uri", "revocation_uri",
    "userinfo_uri", "introspection_uri",
]
TOKEN_CACHE = ["user", "connected_app", "expires_in"]
OAUTH_SETTINGS = [
    "show_auth_server_metadata", "skip_authorization", "enable_dynamic_client_registration",
    "allowed_public_client_origins", "show_protected_resource_metadata",
    "show_social_login_key_as_authorization_server", "resource_name", "resource_documentation", "resource_policy_uri",
    "resource_tos_uri", "scopes_supported",
]


def export(path):
    """Writes the file. It must not exist yet."""
    document = read()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=True)
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in document.items() if isinstance(rows, list))
    print(f"{path}: {counts}. It has secrets in clear text: only you can read it; delete it after the import.")


def read():
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": frappe.local.site,
        "url": get_url(),
        "frappe_version": str(getattr(frappe, "__version__", "")),
        "users": users(),
        "oauth_clients": oauth_clients(),
        "social_login_keys": social_login_keys(),
        "connected_apps": connected_apps(),
        "token_caches": token_caches(),
        "oauth_settings": single("OAuth Settings", OAUTH_SETTINGS),
        "oauth_provider_settings": single("OAuth Provider Settings", ["skip_authorization"]),
    }


def users():
    hashes = dict(frappe.db.sql(
        "select name, password from `__Auth` where doctype = 'User' and fieldname = 'password' and encrypted = 0"
    ))
    roles = children("Has Role", "User", ["role"])
    social_logins = children("User Social Login", "User", ["provider", "userid", "username"])
    found = rows("User", USER)
    for user in found:
        user["password"] = hashes.get(user["name"])
        user["roles"] = [row["role"] for row in roles.get(user["name"], [])]
        user["social_logins"] = social_logins.get(user["name"], [])
        user["api_secret"] = secret("User", user["name"], "api_secret") if user.get("api_key") else None
    return found


def oauth_clients():
    roles = children("OAuth Client Role", "OAuth Client", ["role"])
    found = rows("OAuth Client", CLIENT)
    for client in found:
        client["allowed_roles"] = [row["role"] for row in roles.get(client["name"], [])]
    return found


def social_login_keys():
    found = rows("Social Login Key", SOCIAL_LOGIN_KEY)
    for key in found:
        key["client_secret"] = secret("Social Login Key", key["name"], "client_secret")
    return found


def connected_apps():
    scopes = children("OAuth Scope", "Connected App", ["scope"])
    parameters = children("Query Parameters", "Connected App", ["key", "value"])
    found = rows("Connected App", CONNECTED_APP)
    for app in found:
        app["client_secret"] = secret("Connected App", app["name"], "client_secret")
        app["scopes"] = [row["scope"] for row in scopes.get(app["name"], [])]
        app["query_parameters"] = parameters.get(app["name"], [])
    return found


def token_caches():
    scopes = children("OAuth Scope", "Token Cache", ["scope"])
    found = rows("Token Cache", TOKEN_CACHE)
    for cache in found:
        cache["access_token"] = secret("Token Cache", cache["name"], "access_token")
        cache["refresh_token"] = secret("Token Cache", cache["name"], "refresh_token")
        cache["scopes"] = [row["scope"] for row in scopes.get(cache["name"], [])]
    return found


def rows(doctype, fields):
    """All documents of a type, with those of the fields that this site has."""
    if not frappe.db.exists("DocType", doctype):
        return []
    meta = frappe.get_meta(doctype)
    known = ["name"] + [field for field in fields if meta.has_field(field)]
    found = frappe.get_all(doctype, fields=known, order_by="creation asc", limit_page_length=0)
    return [{name: plain(row.get(name)) for name in known} for row in found]


def children(doctype, parent_type, fields):
    """The rows of a child table, by the name of their parent."""
    if not frappe.db.exists("DocType", doctype):
        return {}
    found = frappe.get_all(
        doctype,
        filters={"parenttype": parent_type},
        fields=["parent", *fields],
        order_by="parent asc, idx asc",
        limit_page_length=0,
    )
    by_parent = {}
    for row in found:
        by_parent.setdefault(row["parent"], []).append({field: plain(row.get(field)) for field in fields})
    return by_parent


def single(doctype, fields):
    """The fields of a document of which there is one; none where this site has no such type."""
    if not frappe.db.exists("DocType", doctype):
        return {}
    meta = frappe.get_meta(doctype)
    document = frappe.get_single(doctype)
    return {field: plain(document.get(field)) for field in fields if meta.has_field(field)}


def secret(doctype, name, field):
    """The clear text of a Password field; None where it has none, or none that can be decrypted."""
    try:
        return get_decrypted_password(doctype, name, field, raise_exception=False) or None
    except Exception as error:  # Frappe throws where the encryption key changed.
        print(f"{doctype} {name}: its {field} cannot be decrypted ({type(error).__name__}), and is left out.")
        return None


def plain(value):
    """A value of JSON."""
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
