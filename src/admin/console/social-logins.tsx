/** /console/social-logins: with whose accounts people sign in; adding one, which begins with the provider. */
import type { Context } from 'hono';
import { OAuthError } from '../../protocol/oauth-error.ts';
import { returnPath } from '../../protocol/social-login.ts';
import { PRESETS, presetOf } from '../../social-login/presets/index.ts';
import type { Preset } from '../../social-login/presets/preset.ts';
import { whyNotShown } from '../../social-login/record.ts';
import { listSocialLogins, type SocialLogin } from '../../storage/social-logins.ts';
import type { Web } from '../../web/context.ts';
import { wordsOf } from '../../web/words.ts';
import { addLogin, alterLogin, findLogin } from '../acts/social-logins.ts';
import { NewSocialLoginRequest, SocialLoginChangesRequest } from '../social-login-schemas.ts';
import { ActLinks } from './act-links.tsx';
import { fieldsOf, withSecrets } from './forms/fields.tsx';
import type { RecordForm } from './forms/form.tsx';
import { consolePage, doneAt, type Operator } from './frame.tsx';
import { List } from './list.tsx';
import { shortList } from './short-list.ts';
import { templatesPage } from './template-kinds.tsx';

export const LOGINS = '/console/social-logins';
export const NEW_LOGIN = `${LOGINS}/new`;

export const loginAddress = ({ id }: Pick<SocialLogin, 'id'>, below = '') => `${LOGINS}/${id}${below}`;
export const loginOf = (c: Context<Web>) => findLogin(c.get('deps'), c.req.param('id') ?? '');

export async function showLogins(c: Context<Web>, here: Operator) {
  const { databases, config } = c.get('deps');
  const say = wordsOf(c, 'consoleSocialLogins');
  const { query, rows, next } = shortList(c, await listSocialLogins(databases), {
    ...{ id: (login) => login.id, texts: ({ id, provider, description }) => [id, provider, description.name] },
    sorts: {
      name: ({ description }) => description.name,
      id: (login) => login.id,
      provider: (login) => login.provider,
    },
  });
  const column = say.column;
  const shown = (login: SocialLogin) => {
    const why = whyNotShown(login, config);
    return why === undefined ? say.shown : say.notShown(why);
  };
  return consolePage(
    c,
    here,
    { title: say.title, section: 'socialLogins' },
    <>
      <h1>{say.title}</h1>
      <p>{say.lead}</p>
      <ActLinks main acts={[here.mayChange && { label: say.add, href: NEW_LOGIN }]} />
      <List
        c={c}
        query={query}
        caption={say.title}
        search={wordsOf(c, 'console').anywhere}
        columns={[
          ...([
            { label: column.name, sort: 'name' },
            { label: column.id, sort: 'id' },
          ] as const),
          ...([{ label: column.provider, sort: 'provider' }, { label: column.shown }] as const),
        ]}
        rows={rows.map((login) => [
          <a href={loginAddress(login)}>{login.description.name}</a>,
          login.id,
          presetOf(login.provider).title,
          shown(login),
        ])}
        next={next}
      />
    </>,
  );
}

export const showProviders = (c: Context<Web>, here: Operator) =>
  templatesPage(c, here, {
    ...{ section: 'socialLogins', known: PRESETS, path: NEW_LOGIN, say: wordsOf(c, 'consoleSocialLogins') },
  });

const DESCRIBED = [
  ...(['name', 'client_id', 'client_secret', 'issuer', 'tenants', 'any_tenant', 'team_id', 'key_id'] as const),
  ...(['sign_up', 'roles', 'trust_email', 'link_by_email', 'trust_fresh', 'base_url', 'endpoints'] as const),
  ...(['user_id', 'scopes', 'query', 'auth_method', 'dpop'] as const),
] as const;

const FIRST = ['id', 'name', 'client_id', 'client_secret', 'sign_up', 'roles', 'trust_email', 'link_by_email'];

/** What the provider needs besides. */
const NEEDED: Record<NonNullable<Preset['needs']>[number], readonly string[]> = {
  issuer: ['issuer'],
  endpoints: ['base_url', 'endpoints', 'user_id'],
  tenants: ['tenants', 'any_tenant'],
  team_id: ['team_id'],
  key_id: ['key_id'],
};

const firstOf = (preset: Preset): string[] => [...FIRST, ...(preset.needs ?? []).flatMap((need) => NEEDED[need])];

function providerOf(c: Context<Web>): { provider: keyof typeof PRESETS; preset: Preset } {
  const provider = (c.req.param('provider') ?? '') as keyof typeof PRESETS;
  if (!Object.hasOwn(PRESETS, provider)) throw new OAuthError('not_found', 'there is no such provider.');
  return { provider, preset: PRESETS[provider] };
}

export function newLoginForm(c: Context<Web>, here: Operator) {
  const deps = c.get('deps');
  const say = wordsOf(c, 'consoleSocialLogins');
  const { provider, preset } = providerOf(c);
  return {
    ...{ section: 'socialLogins', title: say.adding(preset.title), submit: say.submit, back: NEW_LOGIN },
    lead: (
      <>
        {say.tell} <code>{deps.config.issuer + returnPath('<id>')}</code>. {say.incomplete}
      </>
    ),
    ...{ schema: NewSocialLoginRequest, labels: say.fields, choices: say.choices, said: { provider } },
    fields: withSecrets(fieldsOf(NewSocialLoginRequest, 'id', ...DESCRIBED), 'client_secret'),
    first: firstOf(preset),
    suggested: { id: provider, name: preset.title, sign_up: 'setting', scopes: preset.scopes },
    async send(request) {
      return doneAt(c, loginAddress(await addLogin(deps, here.actor, request)), 'added');
    },
  } satisfies RecordForm<typeof NewSocialLoginRequest>;
}

export async function editLoginForm(c: Context<Web>, here: Operator) {
  const say = wordsOf(c, 'consoleSocialLogins');
  const login = await loginOf(c);
  const fields = withSecrets(fieldsOf(SocialLoginChangesRequest, ...DESCRIBED), 'client_secret');
  const record = { ...login.description, ...(login.clientId !== null && { client_id: login.clientId }) };
  return {
    ...{ section: 'socialLogins', title: say.change(login.description.name), lead: say.changing },
    ...{ submit: wordsOf(c, 'console').save, back: loginAddress(login), schema: SocialLoginChangesRequest },
    ...{ labels: say.fields, choices: say.choices, fields, record, first: firstOf(presetOf(login.provider)) },
    async send(changes) {
      await alterLogin(c.get('deps'), here.actor, login, changes);
      return doneAt(c, loginAddress(login), 'saved');
    },
  } satisfies RecordForm<typeof SocialLoginChangesRequest>;
}
