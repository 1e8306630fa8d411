from frappe import SITE


def get_url():
    return SITE["url"]
