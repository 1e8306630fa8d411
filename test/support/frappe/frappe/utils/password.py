from frappe import SITE


def get_decrypted_password(doctype, name, fieldname="password", raise_exception=True):
    value = SITE["secrets"].get(f"{doctype}/{name}/{fieldname}")
    if value == "undecryptable":
        raise Exception("Encryption key is invalid, please check site_config.json.")
    if value is None and raise_exception:
        raise Exception("Password not found")
    return value
