/** The record of a user: its answers, lists and actions; its fields and requests stand in user.ts. */
import * as z from 'zod';
import { ADMINISTRATOR_ROLE, AUDITOR_ROLE } from '../../protocol/scope.ts';
import { USER_EXPORT_LISTS } from '../../protocol/user-export-lists.ts';
import { API_KEY } from './api-key.ts';
import type { Shown } from './field.ts';
import { GRANT } from './grant.ts';
import { defineRecord, Time } from './record.ts';
import { SESSION } from './session.ts';
import { ACCESS_TOKEN } from './token.ts';
import { NewUserRequest, USER_FIELDS, UserChangesRequest } from './user.ts';

const unreachable = z
  .array(z.string())
  .describe('Shards that did not respond: what belongs to them is missing from the list.');

const Invitation = z.strictObject({
  link: z.string().describe('Works once, for seven days.'),
  mailed: z.boolean().describe('Whether another such link was mailed to the user.'),
});

const answer = z.strictObject({
  id: z.string().describe('The ID of the user.'),
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  picture: z.string().nullable(),
  locale: z.string().nullable().describe('The language that the user chose; null for that of the browser.'),
  roles: z.array(z.string()),
  has_password: z.boolean(),
  second_factor: z.boolean().describe('Whether the user set up two-step sign-in. Passkeys are beside it.'),
  created_at: Time('When the account was created.'),
  disabled: z.boolean(),
  deletion_due_at: Time(
    'When the grace period of a requested deletion ends; null where none was requested.',
  ).nullable(),
});

const { shape } = answer;

const FIELDS = {
  id: { schema: shape.id, label: 'ID', display: 'code' },
  ...USER_FIELDS,
  has_password: { schema: shape.has_password, label: 'Password', choices: { true: 'set', false: 'not set' } },
  second_factor: { schema: shape.second_factor, label: 'Two-step sign-in', choices: { true: 'on', false: 'off' } },
  created_at: { schema: shape.created_at, label: 'Created', display: 'day', sort: 'created' },
  deletion_due_at: { schema: shape.deletion_due_at, label: 'Deleted after', display: 'day' },
  link: { schema: Invitation.shape.link, label: 'One-time link' },
  mailed: { schema: Invitation.shape.mailed, label: 'Mailed' },
} as const;

const ApplicationList = z.strictObject({
  applications: z.array(
    z.strictObject({
      client_id: z.string(),
      scope: z.string().describe('Scopes, joined by spaces.'),
      resources: z.array(z.string()).describe('The resources of its tokens.'),
      since: Time('When the user authorized it first.'),
      last_used: Time('When it was refreshed last.'),
    }),
  ),
  next: z.string().optional().describe('Where the next page of applications begins. None after the last.'),
  shards_that_did_not_answer: unreachable,
});

const passkey = z.strictObject({
  id: z.string(),
  name: z.string().describe('The name that the user gave it.'),
  synced: z.boolean().describe('Whether it may be copied between devices.'),
  created_at: Time('When it was added.'),
  last_used_at: Time('When it signed the user in last.').nullable(),
});

const UserExport = z
  .strictObject({
    exported_at: Time('When it was read.'),
    shards_that_did_not_answer: unreachable,
    shortened: z.array(z.string()).describe('Lists of which only the newest 10,000 rows are here.'),
    user: z.record(z.string(), z.unknown()).describe('The account.'),
    ...Object.fromEntries(
      [...USER_EXPORT_LISTS, 'audit_events'].map((name) => [name, z.array(z.record(z.string(), z.unknown()))]),
    ),
  })
  .describe('Everything that is stored about a user, without secrets and hashes.');

const EndedSessions = z.strictObject({
  ended: z.number().int(),
  shards_that_did_not_answer: z
    .array(z.string())
    .describe('Shards that did not respond or are not bound: the sessions there end as soon as they respond.'),
});

const ROLES = `Roles are names of your choice; ${ADMINISTRATOR_ROLE} may do everything here, ${AUDITOR_ROLE} sees everything and changes nothing.`;
const LOST =
  'signed out everywhere, and every grant, refresh token, access token, API key and code of theirs is revoked.';
const isScheduled = ({ deletion_due_at: due }: Shown): boolean => due !== null;
const isActive = (user: Shown): boolean => user.disabled === false && !isScheduled(user);

const linkText = ({ mailed }: Shown): string =>
  mailed === true
    ? 'A link was mailed to them. You can also give them this one: it works once, for seven days, and is shown this once.'
    : 'Give them this link. It works once, for seven days, and is shown this once.';

function deletionText({ purging, deletion_due_at: due }: Shown): string {
  const day = String(due).slice(0, 10);
  return purging === true
    ? `The grace period ended on ${day}: the data of this user is being deleted. This cannot be cancelled.`
    : `The deletion of this user was requested: their data is deleted after ${day}. Until then it can be cancelled. Nothing of theirs is accepted.`;
}

export const USER = defineRecord({
  type: 'User',
  one: 'user',
  many: 'users',
  about: 'All users with an account here.',
  fields: FIELDS,
  id: 'id',
  named: 'name',
  answer,
  detail: {
    schema: z.strictObject({ ...shape, ...ApplicationList.shape, passkeys: z.array(passkey) }),
    name: 'UserWithApplications',
  },
  create: NewUserRequest,
  unique: 'email',
  once: Invitation,
  change: UserChangesRequest,
  fresh: { create: true, change: true },
  warnings: (user) => [
    user.disabled === true &&
      !isScheduled(user) &&
      'This user is disabled: nothing of theirs is accepted, and they cannot sign in.',
    isScheduled(user) && deletionText(user),
  ],
  texts: {
    creating: `They get an account without a password, and a link that lets them choose one. ${ROLES}`,
    changing: ROLES,
    created: '{name} was added',
    once: linkText,
    onceLabel: 'One-time link',
    getSummary: 'One user, and the applications with access',
    createSummary: 'Adds a user; the link lets them choose a password',
    changeSummary: 'Changes e-mail address, roles and profile, disables or enables',
  },
  api: { path: '/users', rows: 'users', names: { create: 'addUser' } },
  console: { path: '/console/users', section: 'users', listed: true, page: true },
  command: {
    noun: 'users',
    id: 'e-mail',
    positions: ['email'],
    create: 'add',
    yesNo: true,
    fill: ({ email }) => ({ name: email }),
    created: ({ email, link, mailed }) =>
      `${email} was added${mailed === true ? ' and has mail' : ''}. Give them this link; it works once, for seven days:\n${link}`,
  },
  list: {
    summary: 'Users',
    columns: ['name', 'email', 'roles', 'created_at', 'disabled'],
    inCommand: ['email', 'name', 'roles', 'disabled'],
    filters: {
      search:
        'Only those that have each word in name or e-mail address, or begin an ID, by the beginning of a word; one page of them.',
      email: 'Only the user with this address.',
      email_begins: 'Only those whose address begins like this, by address.',
      name_begins: 'Only those whose name begins like this, by name.',
    },
    searched: { '': 'search' },
    search: { label: 'Name, e-mail address or ID', hint: 'The beginning of any word of it.' },
    latestFirst: true,
    everyPage: true,
    none: 'There are no users: the first administrator is created at the first sign-in.',
  },
  links: [SESSION, GRANT, ACCESS_TOKEN, API_KEY].map(({ console: { path }, many }) => ({ path, label: many })),
  views: {
    applications: {
      path: '/applications',
      operationId: 'listApplications',
      summary: 'The applications with access, by client',
      query: { after: 'Where the page begins: "next" of the page before.' },
      answer: { name: 'ApplicationList', schema: ApplicationList },
    },
    export: {
      path: '/export',
      operationId: 'exportUser',
      summary: 'Everything that is stored about the user, without secrets',
      answer: { name: 'UserExport', schema: UserExport },
      command: { verb: 'export' },
    },
  },
  actions: {
    invite: {
      method: 'POST',
      path: '/invitation',
      operationId: 'inviteAgain',
      answer: { name: 'Invitation', schema: Invitation },
      summary: 'Creates another link, for a lost link or password',
      says: '{link}',
      label: 'New link…',
      heading: 'A new link for {name}?',
      effect:
        'With it they choose another password. Every older link ends when they do. It is mailed to them, too, if mail is set up.',
      submit: 'Create a link',
      leadsTo: 'record',
      once: { member: 'link', label: 'One-time link', title: 'A link for {name}', text: linkText },
      when: isActive,
    },
    'sign-out': {
      path: '/sessions',
      operationId: 'deleteSessionsOf',
      answer: { name: 'EndedSessions', schema: EndedSessions },
      summary: 'Ends every session of the user',
      says: ({ ended, shards_that_did_not_answer: pending }) =>
        (pending as string[]).length === 0
          ? `${ended} ended.`
          : `${ended} ended; those in ${(pending as string[]).join(' ')} end as soon as that responds.`,
      label: 'Sign out everywhere…',
      heading: 'Sign {name} out everywhere?',
      effect:
        'Every browser of theirs is signed out, and the applications of those sessions are notified. Applications with offline access keep it.',
      submit: 'Sign out',
      done: ({ shards_that_did_not_answer: pending }) => ((pending as string[]).length > 0 ? 'sessions-end' : 'ended'),
      leadsTo: 'record',
      when: isActive,
    },
    revoke: {
      notInApi: 'POST /revocations revokes all of a user',
      summary: 'Revokes all access of a user',
      notInCommand: 'grants revoke-all does it',
      page: '/end',
      label: 'Revoke all access…',
      danger: true,
      heading: 'Revoke all access of {name}?',
      effect: `They are ${LOST} The account stays, and they may sign in again.`,
      submit: 'Revoke all access',
      done: 'ended',
      leadsTo: 'record',
      when: isActive,
    },
    disable: {
      sets: { disabled: true },
      summary: 'Disables a user: every session and grant ends at once',
      says: '{email}: disabled',
      label: 'Disable…',
      danger: true,
      heading: 'Disable {name}?',
      effect: `They cannot sign in any more. They are ${LOST} The account stays, and can be enabled again.`,
      submit: 'Disable',
      done: 'user-disabled',
      leadsTo: 'record',
      when: isActive,
    },
    enable: {
      sets: { disabled: false },
      summary: 'Enables a user, who may sign in again',
      says: '{email}: enabled',
      label: 'Enable…',
      heading: 'Enable {name}?',
      effect:
        'They may sign in again, with the same sign-in methods. Revoked access stays revoked: applications ask them again.',
      submit: 'Enable',
      done: 'user-enabled',
      leadsTo: 'record',
      when: (user) => user.disabled === true && !isScheduled(user),
    },
    delete: {
      method: 'POST',
      path: '/deletion',
      operationId: 'requestDeletion',
      answer: 'record',
      summary:
        'Requests the deletion of the user, who is disabled at once; their data is deleted after the grace period',
      says: '{email} is disabled, and is deleted after {deletion_due_at}. Until then: users cancel-deletion',
      label: 'Delete…',
      danger: true,
      heading: 'Delete {name}?',
      effect: (_, { days }) => [
        `They are disabled at once: ${LOST}`,
        `Their data is deleted for good after ${days === 1 ? 'one day' : `${days} days`} (a setting). Until then you can cancel it here.`,
        'Tokens of their connected accounts are revoked at the providers. A client that acts as this user acts as itself from then on. The audit log keeps IDs only.',
      ],
      submit: 'Delete',
      done: 'deletion-requested',
      leadsTo: 'record',
      when: (user) => !isScheduled(user),
    },
    'cancel-deletion': {
      path: '/deletion',
      operationId: 'cancelDeletion',
      answer: 'record',
      summary: 'Cancels the deletion of the user, within the grace period',
      says: ({ email, disabled }) => `${email} is not deleted${disabled === true ? ', and is still disabled' : ''}.`,
      page: '/keep',
      label: 'Cancel the deletion…',
      heading: 'Cancel the deletion of {name}?',
      effect:
        'They may sign in again, unless they were disabled before. Revoked access stays revoked: applications ask them again.',
      submit: 'Cancel the deletion',
      done: 'deletion-cancelled',
      leadsTo: 'record',
      when: (user) => isScheduled(user) && user.purging !== true,
    },
    withdraw: {
      path: '/consents/{client}',
      operationId: 'deleteConsent',
      summary: 'Revokes all access of a client that the user granted',
      parameters: ['client id'],
      says: 'Revoked.',
      page: '/consents/{client}',
      label: 'Revoke access…',
      heading: 'Revoke the access of {client}?',
      effect: 'All access that {name} granted this client is revoked. It may ask them again.',
      submit: 'Revoke access',
      done: 'ended',
      leadsTo: 'record',
    },
    'remove-passkey': {
      path: '/passkeys/{passkey}',
      operationId: 'deletePasskey',
      summary: 'Removes a passkey of the user, such as that of a lost device',
      parameters: ['passkey id'],
      says: 'Removed.',
      page: '/passkeys/{passkey}',
      label: 'Remove…',
      heading: 'Remove this passkey of {name}?',
      effect:
        'It no longer signs in. They are notified by mail, if mail is set up. If it was their only sign-in method, give them a new link.',
      submit: 'Remove',
      done: 'removed',
      leadsTo: 'record',
    },
    'reset-second-factor': {
      path: '/second-factor',
      operationId: 'resetSecondFactor',
      summary:
        'Turns off two-step sign-in of the user, such as of a user who lost their phone and their recovery codes',
      says: 'Turned off.',
      page: '/second-factor',
      label: 'Reset two-step sign-in…',
      heading: 'Turn off two-step sign-in of {name}?',
      effect:
        'Their authenticator app and their recovery codes do not sign in any more, so their password, or another first step, opens the account alone until they set it up again. Make sure that it is them who ask. They are notified by mail, if mail is set up. Where a second factor is required, the next sign-in sets it up.',
      submit: 'Turn it off',
      done: 'second-factor-reset',
      leadsTo: 'record',
      when: ({ second_factor: isOn }) => isOn === true,
    },
    unlink: {
      path: '/identities/{identity}',
      notInApi: 'DELETE /identities/{id} does it',
      summary: 'Unlinks an account at an identity provider',
      notInCommand: 'identities delete does it',
      page: '/identities/{identity}',
      label: 'Unlink…',
      heading: 'Unlink this account of {name}?',
      effect: 'It no longer signs in here. If it was their only sign-in method, give them a new link.',
      submit: 'Unlink',
      done: 'removed',
      leadsTo: 'record',
    },
  },
});
