/** /console/issuers: the subjects of a trusted issuer; its other pages follow from its definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { listSubjects, unlinkSubject } from '../../storage/server/issuers.ts';
import { Table } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { requireIssuer, saveSubject, TRUSTED_ISSUERS, type TrustedIssuer } from '../operations/issuers.ts';
import { SubjectLink, TRUSTED_ISSUER } from '../records/trusted-issuer.ts';
import { ActLinks } from './action-links.tsx';
import { type ConfirmationKind, confirmationPages } from './confirmations.tsx';
import { CHANGERS, type ConsolePage, type Operator, redirectDone } from './console-page.tsx';
import { fieldsOf } from './forms/fields.tsx';
import { formPage, type RecordForm } from './forms/form.tsx';
import { pickedTexts, pickersOf } from './forms/picker.tsx';
import { UserLink } from './links.tsx';
import { addressOf } from './list.tsx';
import { namesFor, References } from './names.ts';
import { recordPages } from './record-pages.tsx';
import { recordAddress } from './record-parts.tsx';

const pageOf = ({ issuer }: Pick<TrustedIssuer, 'issuer'>, below = '') =>
  recordAddress(TRUSTED_ISSUER, { issuer }, below);
const issuerOf = (c: Context<Web>) => requireIssuer(c.get('deps'), c.req.param('issuer') ?? '');

async function linkedSubjects(c: Context<Web>, here: Operator) {
  const issuer = c.req.param('issuer') ?? '';
  const say = textsOf(c, 'consoleIssuers');
  const subjects = await listSubjects(c.get('deps').databases, issuer);
  const names = await namesFor(c.get('deps'), new References(subjects.map(({ userId }) => userId)));
  const unlink = (subject: string) => addressOf(pageOf({ issuer }, '/unlink'), { subject });
  return (
    <>
      <h2>{say.title}</h2>
      <ActLinks acts={[here.mayChange && { label: say.add, href: pageOf({ issuer }, '/link') }]} />
      {subjects.length === 0 ? (
        <p>{say.none}</p>
      ) : (
        <Table
          caption={say.caption}
          columns={[say.subject, say.user, ...(here.mayChange ? [say.action] : [])]}
          rows={subjects.map(({ subject, userId }) => [
            subject,
            <UserLink id={userId} names={names} />,
            ...(here.mayChange ? [<a href={unlink(subject)}>{say.unlink}</a>] : []),
          ])}
        />
      )}
    </>
  );
}

async function linkForm(c: Context<Web>, here: Operator) {
  const say = textsOf(c, 'consoleIssuers');
  const row = await issuerOf(c);
  const labels: Record<string, string> = { subject: say.subject, user: say.user };
  const fields = fieldsOf(SubjectLink, 'subject', 'user').map((field) => ({ ...field, label: labels[field.name] }));
  return {
    section: 'issuers',
    title: say.add,
    lead: say.adding,
    submit: textsOf(c, 'console').save,
    back: pageOf(row),
    schema: SubjectLink,
    fields,
    typed: pickedTexts(c, fields, TRUSTED_ISSUER.fields),
    above: (typed) => pickersOf(c, fields, TRUSTED_ISSUER.fields, typed),
    async send(link) {
      await saveSubject(c.get('deps'), here.actor, row.issuer, link);
      return redirectDone(c, pageOf(row), 'saved');
    },
  } satisfies RecordForm<typeof SubjectLink>;
}

const ONE: ConfirmationKind<TrustedIssuer> = {
  section: 'issuers',
  path: `${TRUSTED_ISSUER.console.path}/:issuer`,
  back: (row) => pageOf(row),
  find: issuerOf,
};

export const ISSUER_PAGES: readonly ConsolePage[] = [
  ...recordPages(TRUSTED_ISSUERS, { detail: linkedSubjects }),
  { path: `${ONE.path}/link`, section: 'issuers', roles: CHANGERS, fresh: true, ...formPage(linkForm) },
  ...confirmationPages(ONE, [
    {
      path: '/unlink',
      carries: (c) => ({ subject: c.req.query('subject') ?? '' }),
      asks: (c) => textsOf(c, 'consoleIssuers').asking(c.req.query('subject') ?? ''),
      async act({ c, here, row, form }) {
        const { databases, moment } = c.get('deps');
        await unlinkSubject(databases, moment, here.actor, { issuer: row.issuer, subject: form.required('subject') });
        return 'removed';
      },
    },
  ]),
];
