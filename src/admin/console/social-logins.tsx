/** /console/social-logins: what the pages of social logins have beside their definition. */
import type { Context } from 'hono';
import type { Web } from '../../http/context.ts';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { socialLoginCallbackPath } from '../../protocol/social-login.ts';
import { entryOf, IDENTITY_PROVIDERS, type IdentityProvider, identityProviderOf } from '../../providers/index.ts';
import type { Requirement } from '../../providers/provider.ts';
import { listSocialLogins, type SocialLogin } from '../../storage/providers/social-logins.ts';
import { PROBLEMS_OF } from '../../storage/server/recent-problems.ts';
import { ExternalLink } from '../../ui/components.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Table } from '../../ui/table.tsx';
import { SOCIAL_LOGINS } from '../operations/provider-records.ts';
import { SOCIAL_LOGIN } from '../records/social-login-record.ts';
import type { ConsoleUser } from './console-page.tsx';
import { COPIES, freeId, ProviderLead } from './provider-lead.tsx';
import { problemsAtProvider } from './recent-problems.tsx';
import { recordPages } from './record-pages.tsx';
import type { FormParts, ReadRecord } from './record-parts.tsx';
import { templatesPage } from './template-picker.tsx';

type Say = ReturnType<typeof textsOf<'consoleSocialLogins'>>;

const sayOf = (c: Context<Web>) => textsOf(c, 'consoleSocialLogins');
const uriOf = (c: Context<Web>) => (id: string) => c.get('deps').config.issuer + socialLoginCallbackPath(id);

/** The role mapping, and what failed lately. */
async function mappingAndProblems(c: Context<Web>, _: ConsoleUser, reading: Promise<ReadRecord<SocialLogin>>) {
  const [{ row }, problems] = await Promise.all([
    reading,
    problemsAtProvider(c, PROBLEMS_OF.socialLogin + (c.req.param('id') ?? '')),
  ]);
  return (
    <>
      <Mapping login={row} say={sayOf(c)} />
      {problems}
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
    fixed: { provider: name },
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
  detail: mappingAndProblems,
  presets: {
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
