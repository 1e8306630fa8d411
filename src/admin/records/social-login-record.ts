/** The record of a social login: its answers, lists and actions; its fields and requests stand in social-login.ts. */
import * as z from 'zod';
import { CLIENT_AUTH_METHODS } from '../../protocol/authentication-method.ts';
import { DPOP_USES } from '../../protocol/connected-app.ts';
import { SocialLoginDescription } from '../../protocol/social-login.ts';
import type { RecordValues } from './field.ts';
import { defineRecord, Time } from './record.ts';
import { NewSocialLoginRequest, SOCIAL_LOGIN_FIELDS, SocialLoginChangesRequest } from './social-login.ts';

const answer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  ...SocialLoginDescription.shape,
  dpop: z.enum(DPOP_USES).describe('Whether its tokens are bound to a key of this server (RFC 9449).'),
  issuer: z.string().nullable().describe('The issuer of its credentials.'),
  metadata: z.string().nullable().describe('The address of the metadata of the provider.'),
  completed_by: z.string().nullable().describe('The address of its other metadata document, where that has more.'),
  warning: z.string().nullable().describe('A fault of the metadata that does not prevent its use.'),
  redirect_uri: z.string().describe('The redirect URI to register at the provider.'),
  post_logout_redirect_uri: z.string().describe('The URI to register at the provider for sign_out_at_provider.'),
  client_id: z.string().nullable(),
  auth_method: z.enum(CLIENT_AUTH_METHODS),
  has_secret: z.boolean(),
  configured: z
    .boolean()
    .describe('Whether its credentials stand in the configuration of the Worker (SOCIAL_LOGIN_…), not here.'),
  created_at: Time('When it was created.'),
  disabled: z.boolean(),
  why_not_shown: z.string().nullable().describe('Why the sign-in page has no button for it; null where it has.'),
});

const users = {
  users: z.number().describe('How many users it signs in.'),
  without_another_way: z.number().describe('How many of them have no other way to sign in.'),
};

const { shape } = answer;

const FIELDS = {
  ...SOCIAL_LOGIN_FIELDS,
  metadata: { schema: shape.metadata, label: 'Metadata', display: 'link' },
  completed_by: { schema: shape.completed_by, label: 'Further metadata', display: 'link' },
  warning: { schema: shape.warning, label: 'Warning' },
  redirect_uri: { schema: shape.redirect_uri, label: 'Redirect URI', display: 'code' },
  post_logout_redirect_uri: {
    schema: shape.post_logout_redirect_uri,
    label: 'Post-logout redirect URI',
    display: 'code',
    when: ({ sign_out_at_provider: signsOut }: RecordValues) => signsOut === true,
  },
  has_secret: { schema: shape.has_secret, label: 'Has a client secret' },
  configured: { schema: shape.configured, label: 'In the configuration of the Worker' },
  created_at: { schema: shape.created_at, label: 'Created', display: 'day' },
  why_not_shown: { schema: shape.why_not_shown, label: 'On the sign-in page', unset: 'shown' },
} as const;

/** The users whom an action concerns, in a sentence. */
function signsIn({ users: all = 0, without_another_way: only = 0 }: { users?: number; without_another_way?: number }) {
  const some = all === 1 ? 'One user signs in with it' : `${all} users sign in with it`;
  if (all === 0) return 'No user signs in with it.';
  return only === 0
    ? `${some}; all have another sign-in method.`
    : `${some}; ${only} of them have no other sign-in method.`;
}

export const SOCIAL_LOGIN = defineRecord({
  type: 'SocialLogin',
  one: 'social login',
  many: 'social logins',
  about:
    'Identity providers with whose accounts users sign in here. The sign-in page has a button for each that is enabled and complete.',
  fields: FIELDS,
  id: 'id',
  named: 'name',
  answer,
  detail: { schema: z.strictObject({ ...shape, ...users }), name: 'SocialLoginWithUsers' },
  create: NewSocialLoginRequest,
  unique: 'id',
  change: SocialLoginChangesRequest,
  fresh: { create: true, change: true },
  warnings: ({ why_not_shown: why, warning }: RecordValues) => [
    typeof why === 'string' && `The sign-in page has no button for it: ${why}.`,
    typeof warning === 'string' && warning,
  ],
  texts: {
    getSummary: 'One social login, and how many users it signs in',
    createSummary: 'Creates a social login, which stays disabled until it is complete',
    changeSummary: 'Changes a social login; its provider is looked at again',
  },
  api: { path: '/social-logins', rows: 'social_logins' },
  console: { path: '/console/social-logins', section: 'socialLogins', listed: true, page: true, presets: 'provider' },
  command: { noun: 'social-logins', id: 'id', positions: ['id', 'provider'], yesNo: true },
  list: {
    summary: 'The identity providers with whose accounts users sign in, and why the sign-in page does not show one',
    columns: ['name', 'id', 'provider', 'why_not_shown'],
    anywhere: ['id', 'provider', 'name'],
  },
  relations: [
    {
      type: 'LinkedIdentity',
      filter: 'login',
      columns: ['user', 'account', 'created_at', 'last_used_at'],
      heading: 'Linked accounts',
      none: 'No user signs in with it.',
    },
  ],
  actions: {
    disable: {
      sets: { disabled: true },
      summary: 'Disables a social login: no user signs in with it',
      label: 'Disable…',
      danger: true,
      heading: 'Disable {name}?',
      effect: (_, found) =>
        `${signsIn(found)} The button is removed, and no user signs in with it until it is enabled again. Sessions stay.`,
      submit: 'Disable',
      leadsTo: 'record',
      when: ({ disabled }) => disabled === false,
    },
    enable: {
      sets: { disabled: false },
      summary: 'Enables a social login that is complete',
      label: 'Enable…',
      heading: 'Enable {name}?',
      effect: 'The sign-in page has a button for it again.',
      submit: 'Enable',
      leadsTo: 'record',
      when: ({ disabled }) => disabled === true,
    },
    delete: {
      answer: { name: 'DeletedSocialLogin', schema: z.strictObject({ deleted: z.literal(true), ...users }) },
      summary: 'Deletes a social login and every link to it; says whom that concerns',
      says: 'Deleted. {users} users signed in with it; {without_another_way} of them have no other way to sign in now.',
      label: 'Delete…',
      danger: true,
      heading: 'Delete {name}?',
      effect: (_, found) =>
        `${signsIn(found)} Every link to it is deleted for good. Their accounts here and their sessions stay; a user without another sign-in method needs a new link from you.`,
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
