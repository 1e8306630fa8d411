/** The group of settings about clients and their registration: RFC 7591, approval, redirect URIs, CORS, PAR (RFC 9126). */
import * as z from 'zod/mini';
import { newClientRuleProblem } from '../new-client-rules.ts';
import { isOrigin, ORIGIN_FORM } from '../origin.ts';
import { DEFAULT_PRIVATE_USE_SCHEMES, schemeEntryProblem } from '../uri-scheme.ts';
import { defineSettings } from './definition.ts';
import { choice, count, list, toggle, withSchema } from './schemas.ts';

export const CLIENT_SETTINGS = defineSettings('clients', {
  enable_dynamic_client_registration: {
    value: toggle(true),
    label: 'Dynamic Client Registration',
    help: 'Let clients register themselves at /register (RFC 7591).',
  },
  registration_needs_token: {
    value: toggle(false),
    label: 'Require an initial access token',
    help: 'Let clients register only with an initial access token (RFC 7591 §3).',
  },
  new_clients: {
    value: choice(['allow', 'approve'], 'allow'),
    label: 'New clients',
    help: 'Whether clients that no administrator created (Dynamic Client Registration, Client ID Metadata Documents) may be used at once, or only after an administrator approved them: until then they can register, and their users see a page that says so. Refresh tokens that such a client has already stay valid.',
    choices: { allow: 'may be used at once', approve: 'must be approved first' },
  },
  new_client_rules: {
    value: list(newClientRuleProblem),
    label: 'Rules for new clients',
    help: 'By the host of the metadata document and of the redirect URIs, one per line: allow, approve or refuse, a space, and a host such as claude.ai, *.example.com or *, or a scheme such as cursor:. The most exact rule for an address counts, and the strictest of all addresses. Without a rule: as New clients says.',
  },
  new_client_mail: {
    value: withSchema('', () => z.union([z.literal(''), z.email()])),
    label: 'Mail about waiting clients',
    help: 'The e-mail address that is told when a user wants to use a client that must be approved, once an hour at most.',
  },
  new_client_days: {
    value: count(7, 1, 90),
    label: 'Lifetime of requests for approval (days)',
    help: 'A client that awaits approval is deleted when nobody decided about it for this long after a user wanted to use it.',
  },
  unused_registration_hours: {
    value: count(24, 1, 720),
    label: 'Lifetime of unused registrations (hours)',
    help: 'A client that registered itself without a token and never completed an authorization is deleted after this long.',
  },
  unused_registrations: {
    value: count(20_000, 100, 1_000_000),
    label: 'Unused registrations',
    help: 'How many such clients there may be in all. One network (an IPv4 address or IPv6 /48) may have a twentieth of them.',
  },
  problem_days: {
    value: count(14, 1, 90),
    label: 'Retention of recent problems (days)',
    help: 'How long the recent problems of a client, the errors that its requests were answered with, are kept for its page.',
  },
  frappe_endpoints: {
    value: toggle(false),
    label: 'Endpoints of Frappe',
    help: 'Answer the paths of the OAuth endpoints of the Frappe Framework, such as /api/method/frappe.integrations.oauth2.get_token, so that clients of a site whose address this server took over work unchanged, and accept imported API keys.',
  },
  private_use_schemes: {
    value: list(schemeEntryProblem, /\s+/, DEFAULT_PRIVATE_USE_SCHEMES.join('\n')),
    label: 'Private-use URI schemes',
    help: 'Schemes without a dot that redirect URIs of clients may have that no administrator created or trusts, one per line, such as cursor. Schemes with a dot need no entry (RFC 8252 §7.1); any app on a device can claim a scheme, so consent is asked for every request (§8.4, §8.6).',
  },
  allowed_public_client_origins: {
    value: list((entry) => (entry === '*' || isOrigin(entry) ? undefined : ORIGIN_FORM), /[\s,]+/),
    label: 'Allowed origins (CORS)',
    help: 'Origins whose pages may call the token endpoint and the APIs, one per line, such as https://app.example.com; * allows every origin.',
  },
  require_pushed_authorization_requests: {
    value: toggle(false),
    label: 'Require pushed authorization requests',
    help: 'Accept authorization requests only by PAR (RFC 9126). For one client alone: its metadata of the same name.',
  },
  pushed_request_seconds: {
    value: count(90, 5, 600),
    label: 'Pushed request lifetime (seconds)',
    help: 'How long a request_uri can be used after the request was pushed (RFC 9126).',
  },
});
