/** /console/issuers: who else may vouch for people (RFC 7523), how far, and whom they mean. */
import type { Context } from 'hono';
import * as z from 'zod';
import { IssuerTrust } from '../../protocol/issuer-trust.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { deleteIssuer, listIssuers, listSubjects, unlinkSubject } from '../../storage/issuers.ts';
import type { Web } from '../../web/context.ts';
import { Facts, Table } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { findIssuer, putIssuer, putSubject, type TrustedIssuer } from '../acts/issuers.ts';
import { IssuerLinkRequest } from '../requests.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, doneAt, type Operator, READERS } from './frame.tsx';
import { PersonLink } from './links.tsx';
import { addressOf, List } from './list.tsx';
import { type Kind, questionPages } from './questions.tsx';
import { shortList } from './short-list.ts';

export const ISSUERS = '/console/issuers';

const pageOf = ({ issuer }: Pick<TrustedIssuer, 'issuer'>, below = '') =>
  `${ISSUERS}/${encodeURIComponent(issuer)}${below}`;
const issuerOf = (c: Context<Web>) => findIssuer(c.get('deps'), c.req.param('issuer') ?? '');

async function showAll(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleIssuers');
  const common = wordsOf(c, 'console');
  const { query, rows, next } = shortList(c, await listIssuers(c.get('deps').databases), {
    ...{ id: (row) => row.issuer, texts: ({ issuer, trust }) => [issuer, trust.jwks_uri ?? '', ...trust.clients] },
    sorts: { issuer: (row) => row.issuer },
  });
  const { issuer, ...others } = say.column;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'issuers' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: `${ISSUERS}/new` }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={common.anywhere}
        columns={[{ label: issuer, sort: 'issuer' as const }, ...Object.values(others).map((label) => ({ label }))]}
        rows={rows.map(({ issuer, trust }) => [
          <a href={pageOf({ issuer })}>{issuer}</a>,
          trust.jwks_uri ?? say.inHand,
          trust.clients.join(', ') || say.allClients,
          trust.match_email ? common.yes : common.no,
        ])}
        next={next}
      />
    </>,
  );
}

async function showOne(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleIssuers');
  const common = wordsOf(c, 'console');
  const { databases } = c.get('deps');
  const [row, subjects] = await Promise.all([issuerOf(c), listSubjects(databases, c.req.param('issuer') ?? '')]);
  const { issuer, trust } = row;
  const unlink = (subject: string) => addressOf(pageOf(row, '/unlink'), { subject });
  return consolePage(
    c,
    here,
    { title: issuer, section: 'issuers' },
    <>
      <h1>{issuer}</h1>
      <Facts
        facts={[
          [say.fact.keys, trust.jwks_uri ?? say.inHand],
          [say.fact.clients, trust.clients.join(', ') || say.allClients],
          [say.fact.scopes, trust.scopes.join(' ') || say.fact.anyScope],
          [say.fact.email, trust.match_email ? common.yes : common.no],
        ]}
      />
      {here.mayChange && (
        <ActLinks
          acts={[
            { label: common.change, href: pageOf(row, '/edit') },
            { label: common.delete, href: pageOf(row, '/delete') },
          ]}
        />
      )}
      <h2>{say.subjects.title}</h2>
      <ActLinks acts={[here.mayChange && { label: say.subjects.add, href: pageOf(row, '/link') }]} />
      {subjects.length === 0 ? (
        <p>{say.subjects.none}</p>
      ) : (
        <Table
          caption={say.subjects.caption}
          columns={[say.subjects.subject, say.subjects.person, ...(here.mayChange ? [say.subjects.end] : [])]}
          rows={subjects.map(({ subject, personId }) => [
            subject,
            <PersonLink id={personId} />,
            ...(here.mayChange ? [<a href={unlink(subject)}>{say.subjects.remove}</a>] : []),
          ])}
        />
      )}
    </>,
  );
}

const TRUST = ['jwks_uri', 'jwks', 'clients', 'scopes', 'match_email'] as const;

const NewIssuer = z.strictObject({
  issuer: z.string().trim().min(1).max(500).describe('Exactly as it calls itself, such as https://id.example.com.'),
  ...IssuerTrust.shape,
});

function newForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleIssuers');
  const deps = c.get('deps');
  return {
    ...{ section: 'issuers', title: say.add, lead: say.adding, submit: say.submit, back: ISSUERS },
    ...{ schema: NewIssuer, labels: say.fields, fields: fieldsOf(NewIssuer, 'issuer', ...TRUST) },
    async send({ issuer, ...trust }) {
      const known = await listIssuers(deps.databases);
      if (known.some((one) => one.issuer === issuer)) throw new OAuthError('conflict', say.taken);
      await putIssuer(deps, here.actor, { issuer, trust: oneOfBoth(trust) });
      return doneAt(c, pageOf({ issuer }), 'added');
    },
  } satisfies RecordForm<typeof NewIssuer>;
}

/** Spread into another schema, it loses what is demanded of two members together. */
function oneOfBoth(trust: IssuerTrust): IssuerTrust {
  const { success, data } = IssuerTrust.safeParse(trust);
  if (!success) throw new OAuthError('invalid_request', 'jwks_uri: give either the address of its keys or the keys.');
  return data;
}

async function editForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleIssuers');
  const row = await issuerOf(c);
  return {
    ...{ section: 'issuers', title: say.change(row.issuer), back: pageOf(row), submit: wordsOf(c, 'console').save },
    ...{ schema: IssuerTrust, labels: say.fields, fields: fieldsOf(IssuerTrust, ...TRUST), record: row.trust },
    async send(trust) {
      await putIssuer(c.get('deps'), here.actor, { issuer: row.issuer, trust });
      return doneAt(c, pageOf(row), 'saved');
    },
  } satisfies RecordForm<typeof IssuerTrust>;
}

async function linkForm(c: Context<Web>, here: Operator) {
  const { subjects: say } = wordsOf(c, 'consoleIssuers');
  const row = await issuerOf(c);
  return {
    ...{ section: 'issuers', title: say.add, lead: say.adding, submit: say.submit, back: pageOf(row) },
    ...{ schema: IssuerLinkRequest, labels: say.fields, fields: fieldsOf(IssuerLinkRequest, 'subject', 'person') },
    async send(link) {
      await putSubject(c.get('deps'), here.actor, row.issuer, link);
      return doneAt(c, pageOf(row), 'saved');
    },
  } satisfies RecordForm<typeof IssuerLinkRequest>;
}

const ONE: Kind<TrustedIssuer> = {
  ...{ section: 'issuers', path: `${ISSUERS}/:issuer`, back: (row) => pageOf(row), find: issuerOf },
};

export const ISSUER_PAGES: readonly ConsolePage[] = [
  { path: ISSUERS, section: 'issuers', roles: READERS, listed: true, show: showAll },
  { path: `${ISSUERS}/new`, section: 'issuers', roles: CHANGERS, fresh: true, ...formPage(newForm) },
  { path: ONE.path, section: 'issuers', roles: READERS, show: showOne },
  { path: `${ONE.path}/edit`, section: 'issuers', roles: CHANGERS, fresh: true, ...formPage(editForm) },
  { path: `${ONE.path}/link`, section: 'issuers', roles: CHANGERS, fresh: true, ...formPage(linkForm) },
  ...questionPages(ONE, [
    {
      path: '/unlink',
      carries: (c) => ({ subject: c.req.query('subject') ?? '' }),
      asks: (c) => wordsOf(c, 'consoleIssuers').unlinking(c.req.query('subject') ?? ''),
      async act({ c, here, row, form }) {
        const { databases, moment } = c.get('deps');
        await unlinkSubject(databases, moment, here.actor, { issuer: row.issuer, subject: form.required('subject') });
        return 'removed';
      },
    },
    {
      path: '/delete',
      leadsTo: ISSUERS,
      asks: (c, { issuer }) => wordsOf(c, 'consoleIssuers').deleting(issuer),
      async act({ c, here, row }) {
        const { databases, moment } = c.get('deps');
        await deleteIssuer(databases, moment, here.actor, row.issuer);
        return 'deleted';
      },
    },
  ]),
];
