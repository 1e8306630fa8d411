/** The record of a user: its lists and views; its fields and requests stand in user.ts. */
import * as z from 'zod';
import { ADMINISTRATOR_ROLE, AUDITOR_ROLE } from '../../protocol/scope.ts';
import { API_KEY } from './api-key.ts';
import type { RecordValues } from './field.ts';
import { GRANT } from './grant.ts';
import { defineRecord } from './record.ts';
import { SESSION } from './session.ts';
import { ACCESS_TOKEN } from './token.ts';
import { NewUserRequest, USER_FIELDS, UserChangesRequest } from './user.ts';
import { linkText, USER_ACTIONS } from './user-actions.ts';
import { ApplicationList, InvitationAnswer, UserAnswer, UserExportAnswer, UserPasskey } from './user-answers.ts';
import { isScheduled } from './user-state-actions.ts';

const { shape } = UserAnswer;

const FIELDS = {
  id: { schema: shape.id, label: 'ID', display: 'code' },
  ...USER_FIELDS,
  has_password: { schema: shape.has_password, label: 'Password', choices: { true: 'set', false: 'not set' } },
  second_factor: { schema: shape.second_factor, label: 'Two-step sign-in', choices: { true: 'on', false: 'off' } },
  created_at: { schema: shape.created_at, label: 'Created', display: 'day', sort: 'created' },
  deletion_due_at: { schema: shape.deletion_due_at, label: 'Deleted after', display: 'day' },
  link: { schema: InvitationAnswer.shape.link, label: 'One-time link' },
  mailed: { schema: InvitationAnswer.shape.mailed, label: 'Mailed' },
} as const;

const ROLES = `Roles are names of your choice; ${ADMINISTRATOR_ROLE} may do everything here, ${AUDITOR_ROLE} sees everything and changes nothing.`;

function deletionText({ purging, deletion_due_at: due }: RecordValues): string {
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
  answer: UserAnswer,
  detail: {
    schema: z.strictObject({ ...shape, ...ApplicationList.shape, passkeys: z.array(UserPasskey) }),
    name: 'UserWithApplications',
  },
  create: NewUserRequest,
  unique: 'email',
  once: InvitationAnswer,
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
  relations: [
    {
      type: 'Connection',
      filter: 'user',
      columns: ['app', 'account', 'scope', 'state', 'created_at'],
      heading: 'Connected accounts',
      none: 'No account at another service is connected.',
    },
  ],
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
      answer: { name: 'UserExport', schema: UserExportAnswer },
      command: { verb: 'export' },
    },
  },
  actions: USER_ACTIONS,
});
