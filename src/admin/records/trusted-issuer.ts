/** The record of a trusted issuer (RFC 7523): another server whose assertions are accepted here for its users. */
import * as z from 'zod';
import { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { defineRecord } from './record.ts';
import { pick } from './request.ts';

const { shape } = IssuerTrust;

const FIELDS = {
  issuer: {
    schema: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe('The issuer identifier, exactly as in its assertions (iss), such as https://id.example.com.'),
    label: 'Issuer',
    display: 'code',
    sort: 'issuer',
  },
  jwks_uri: { schema: shape.jwks_uri, label: 'JWKS URI' },
  jwks: { schema: shape.jwks, label: 'JWKS' },
  clients: { schema: shape.clients, label: 'Clients', unset: 'all', option: 'client', display: 'client' },
  scopes: {
    schema: shape.scopes,
    label: 'Scopes',
    unset: 'all that the client may request',
    option: 'scope',
    known: 'scopes',
  },
  match_email: { schema: shape.match_email, label: 'Match users by verified e-mail address' },
  subject: { schema: z.string().min(1).max(500).describe('The subject (sub) in its assertions.'), label: 'Subject' },
  user: { schema: z.string().max(100).describe('The ID of the user.'), label: 'User', display: 'user' },
} as const;

/** A subject of the issuer, and the user it is linked to. */
export const SubjectLink = pick(FIELDS, 'subject', 'user');

const LinkedSubject = pick(FIELDS, 'issuer', 'subject', 'user');

const answer = z.strictObject({ issuer: FIELDS.issuer.schema, ...shape });

export const TRUSTED_ISSUER = defineRecord({
  type: 'Issuer',
  one: 'trusted issuer',
  many: 'trusted issuers',
  about:
    'Other servers whose assertions are accepted here (JWT bearer, RFC 7523): a client sends an assertion that one of them signed, and gets a token for the user whom it names. Trust an issuer only if you would trust it with the password of every user it may name.',
  fields: FIELDS,
  id: 'issuer',
  parameter: 'issuer',
  named: 'issuer',
  answer,
  detail: { schema: answer.extend({ subjects: z.array(SubjectLink) }), name: 'IssuerWithSubjects' },
  put: IssuerTrust,
  exclusive: ['jwks_uri', 'jwks'],
  fresh: { create: true, change: true },
  texts: {
    creating: 'Name the issuer as its assertions name it (iss), and either the address of its keys or the keys.',
    getSummary: 'One trusted issuer, and the users that its subjects are linked to',
    changeSummary: 'Trusts an issuer, or changes the members that are sent',
  },
  api: { path: '/issuers', rows: 'issuers' },
  console: { path: '/console/issuers', section: 'issuers', listed: true, page: true },
  command: { noun: 'issuers', id: 'issuer' },
  list: {
    summary: 'The trusted issuers',
    columns: ['issuer', 'jwks_uri', 'clients', 'match_email'],
    anywhere: ['issuer', 'jwks_uri', 'clients'],
  },
  tables: [
    {
      member: 'subjects',
      columns: ['subject', 'user'],
      heading: 'Linked subjects',
      caption: 'Subjects of the issuer, and the users that they are linked to',
      none: 'No subject is linked.',
      action: 'unlink',
    },
  ],
  actions: {
    link: {
      method: 'PUT',
      path: '/subjects',
      operationId: 'putSubject',
      body: { name: 'IssuerLinkRequest', schema: SubjectLink },
      answer: { name: 'IssuerLink', schema: LinkedSubject },
      summary: 'Links a subject of the issuer to a user',
      positions: ['subject', 'user'],
      says: '{subject} is {user} here.',
      label: 'Link a subject',
      heading: 'Link a subject',
      effect:
        'An assertion of the issuer for this subject (sub) is accepted for this user. The ID of a user begins with u_.',
      submit: 'Save',
      leadsTo: 'record',
    },
    unlink: {
      path: '/subjects/{subject}',
      operationId: 'deleteSubject',
      summary: 'Unlinks a subject of the issuer from its user',
      parameters: ['subject'],
      says: 'Unlinked.',
      page: '/subjects/{subject}',
      label: 'Unlink…',
      heading: 'Unlink the subject “{subject}”?',
      effect: 'Assertions of the issuer for this subject are refused from now on.',
      submit: 'Unlink',
      done: 'removed',
      leadsTo: 'record',
    },
    delete: {
      summary: 'Deletes a trusted issuer: its assertions are refused',
      label: 'Delete…',
      danger: true,
      heading: 'Delete the trusted issuer {issuer}?',
      effect:
        'Its assertions are refused from now on, and its linked subjects are removed. Tokens that were issued stay valid until they expire; grants stay until they are revoked.',
      submit: 'Delete',
      done: 'deleted',
      leadsTo: 'list',
    },
  },
});
