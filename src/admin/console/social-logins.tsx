/** /console/social-logins: what the pages of social logins have beside their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { socialLoginCallbackPath } from '../../protocol/social-login.ts';
import { entryOf, IDENTITY_PROVIDERS, type IdentityProvider, identityProviderOf } from '../../providers/index.ts';
import type { Requirement } from '../../providers/provider.ts';
import { listSocialLogins, type SocialLogin } from '../../storage/providers/social-logins.ts';
import { listIdentities } from '../../storage/server/lists.ts';
import { PROBLEMS_OF } from '../../storage/server/recent-problems.ts';
import { ExternalLink, Table } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Day } from '../../ui/moment.tsx';
import { SOCIAL_LOGINS } from '../operations/provider-records.ts';
import { writeCursor } from '../query-parameters.ts';
import { SOCIAL_LOGIN } from '../records/social-login-record.ts';
import type { Operator } from './console-page.tsx';
import { UserLink, userAddress } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { namesFor, References } from './names.ts';
import { COPIES, freeId, ProviderLead } from './provider-lead.tsx';
import { problemsAtProvider } from './recent-problems.tsx';
import { recordPages } from './record-pages.tsx';
import type { FormParts, ReadRecord } from './record-parts.tsx';
import { templatesPage } from './template-picker.tsx';

type Say = ReturnType<typeof textsOf<'consoleSocialLogins'>>;

const sayOf = (c: Context<Web>) => textsOf(c, 'consoleSocialLogins');
const uriOf = (c: Context<Web>) => (id: string) => c.get('deps').config.issuer + socialLoginCallbackPath(id);

/** The role mapping, and the accounts that are linked through it. */
async function linked(c: Context<Web>, here: Operator, reading: Promise<ReadRecord<SocialLogin>>) {
  const { databases } = c.get('deps');
  const say = sayOf(c);
  const id = c.req.param('id') ?? '';
  const query = listQuery(c, ['created']);
  const of = { login: id, sort: query.sort, descending: query.descending };
  const [{ row: login }, { rows, next }, problems] = await Promise.all([
    reading,
    listIdentities(databases, of, listPage(c)),
    problemsAtProvider(c, PROBLEMS_OF.socialLogin + id),
  ]);
  const names = await namesFor(c.get('deps'), new References(rows.map((row) => row.userId)));
  const { user, account, since, lastUsed, end } = say.identities.column;
  return (
    <>
      <Mapping login={login} say={say} />
      {problems}
      <h2>{say.identities.title}</h2>
      <List
        c={c}
        query={query}
        caption={say.identities.caption}
        columns={[
          { label: user },
          { label: account },
          { label: since, sort: 'created' as const },
          { label: lastUsed },
          ...(here.mayChange ? [{ label: end }] : []),
        ]}
        rows={rows.map((row) => [
          <UserLink id={row.userId} names={names} />,
          row.account ?? row.subject,
          <Day time={row.createdAt} />,
          <Day time={row.lastUsedAt} />,
          ...(here.mayChange
            ? [<a href={userAddress(row.userId, `/identities/${row.id}`)}>{say.identities.end}</a>]
            : []),
        ])}
        next={writeCursor(next)}
      />
    </>
  );
}

function Mapping({ login: { description }, say }: { login: SocialLogin; say: Say }) {
  const { caption, lead, column } = say.mapping;
  const rows = Object.entries(description.role_mapping).map(([role, values]) => [role, values.split('|').join(', ')]);
  if (rows.length === 0) return null;
  return (
    <>
      <h2>{caption}</h2>
      <p>{lead}</p>
      <Table caption={caption} columns={[column.role, column.values]} rows={rows} />
    </>
  );
}

/** Further fields that a provider needs. */
const NEEDED: Record<Requirement, readonly string[]> = {
  issuer: ['issuer'],
  endpoints: ['base_url', 'endpoints', 'user_id', 'email_claim', 'name_claim'],
  tenants: ['tenants', 'any_tenant'],
  team_id: ['team_id'],
  key_id: ['key_id'],
};

const alsoFirst = ({ socialLogin: { requires: needs = [] } }: IdentityProvider): string[] =>
  needs.flatMap((need) => NEEDED[need]);

/** The form of a new one, which begins with the data of the provider. @throws OAuthError not_found */
async function newParts(c: Context<Web>, name: string): Promise<FormParts> {
  const provider = entryOf(IDENTITY_PROVIDERS, name);
  if (!provider) throw new OAuthError('not_found', 'there is no such provider.');
  const say = sayOf(c);
  const id = freeId(name, await listSocialLogins(c.get('deps').databases));
  return {
    title: say.adding(provider.title),
    lead: (
      <>
        <ProviderLead provider={provider} issuer={null} uriOf={uriOf(c)} id={id} follows say={say} />
        {say.incomplete}
      </>
    ),
    said: { provider: name },
    script: COPIES,
    also: alsoFirst(provider),
    suggested: { id, name: provider.title, sign_up: 'setting', scopes: provider.socialLogin.scopes },
  };
}

function editing(c: Context<Web>, { row: login }: ReadRecord<SocialLogin>): FormParts {
  const say = sayOf(c);
  const provider = identityProviderOf(login.provider);
  return {
    lead: (
      <>
        <ProviderLead provider={provider} issuer={login.issuer} uriOf={uriOf(c)} id={login.id} say={say} />
        {say.changing}
      </>
    ),
    script: COPIES,
    also: alsoFirst(provider),
  };
}

export const SOCIAL_LOGIN_PAGES = recordPages(SOCIAL_LOGINS, {
  detail: linked,
  presets: {
    parameter: 'provider',
    page: (c, here) =>
      templatesPage(c, here, {
        section: SOCIAL_LOGIN.console.section,
        known: IDENTITY_PROVIDERS,
        path: `${SOCIAL_LOGIN.console.path}/new`,
        say: sayOf(c),
      }),
    form: newParts,
  },
  editing,
  cells: {
    provider: (_, { provider }) => identityProviderOf(String(provider)).title,
    why_not_shown: (c, { why_not_shown: why }) => (why === null ? sayOf(c).shown : sayOf(c).notShown(String(why))),
  },
  omitted: ['role_mapping'],
  facts: (c, { row: login }: ReadRecord<SocialLogin>) => [
    [sayOf(c).documentation, <ExternalLink address={identityProviderOf(login.provider).documentation} />],
  ],
});
