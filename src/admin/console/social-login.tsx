/** GET /console/social-logins/:id: one social login, and whom it signs in. And what ends something of it. */
import type { Context } from 'hono';
import type { Config } from '../../config.ts';
import { returnPath } from '../../protocol/social-login.ts';
import { presetOf } from '../../social-login/presets/index.ts';
import { credentialsIn, whyNotShown } from '../../social-login/record.ts';
import { listIdentities } from '../../storage/lists.ts';
import type { SocialLogin } from '../../storage/social-logins.ts';
import type { Web } from '../../web/context.ts';
import { Day, Elsewhere, Facts } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { alterLogin, removeLogin, usersOf } from '../acts/social-logins.ts';
import { writeCursor } from '../parse.ts';
import { ActLinks } from './act-links.tsx';
import { formPage } from './forms/form.tsx';
import { CHANGERS, type ConsolePage, consolePage, type Operator, READERS } from './frame.tsx';
import { PersonLink, personAddress } from './links.tsx';
import { List, listPage, listQuery } from './list.tsx';
import { type Kind, type Question, questionPages, SWITCH } from './questions.tsx';
import {
  editLoginForm,
  LOGINS,
  loginAddress,
  loginOf,
  NEW_LOGIN,
  newLoginForm,
  showLogins,
  showProviders,
} from './social-logins.tsx';

type Say = ReturnType<typeof wordsOf<'consoleSocialLogins'>>;

async function showLogin(c: Context<Web>, here: Operator) {
  const { databases, config } = c.get('deps');
  const say = wordsOf(c, 'consoleSocialLogins');
  const query = listQuery(c, ['created']);
  const of = { login: c.req.param('id') ?? '', sort: query.sort, descending: query.descending };
  const [login, { rows, next }] = await Promise.all([loginOf(c), listIdentities(databases, of, listPage(c))]);
  const { name } = login.description;
  const why = whyNotShown(login, config);
  const { person, account, since, lastUsed, end } = say.identities.column;
  return consolePage(
    c,
    here,
    { title: name, section: 'socialLogins' },
    <>
      <h1>{name}</h1>
      {why !== undefined && <p class="warning">{say.isNotShown(why)}</p>}
      <About login={login} config={config} say={say} yes={wordsOf(c, 'console').yes} no={wordsOf(c, 'console').no} />
      {here.mayChange && <Acts login={login} say={say} />}
      <h2>{say.identities.title}</h2>
      <List
        c={c}
        query={query}
        caption={say.identities.caption}
        columns={[
          ...[{ label: person }, { label: account }, { label: since, sort: 'created' as const }, { label: lastUsed }],
          ...(here.mayChange ? [{ label: end }] : []),
        ]}
        rows={rows.map((row) => [
          <PersonLink id={row.personId} />,
          row.account ?? row.subject,
          <Day time={row.createdAt} />,
          <Day time={row.lastUsedAt} />,
          ...(here.mayChange
            ? [<a href={personAddress(row.personId, `/identities/${row.id}`)}>{say.identities.end}</a>]
            : []),
        ])}
        next={writeCursor(next)}
      />
    </>,
  );
}

function About({
  login,
  config,
  say,
  yes,
  no,
}: {
  login: SocialLogin;
  config: Config;
  say: Say;
  yes: string;
  no: string;
}) {
  const { description } = login;
  const configured = credentialsIn(config, login);
  const preset = presetOf(login.provider);
  const tenants = description.any_tenant ? say.fact.every : description.tenants.join(', ');
  return (
    <Facts
      facts={[
        [say.fact.id, login.id],
        [say.fact.provider, preset.title],
        [say.fact.issuer, login.issuer ?? undefined],
        [say.fact.redirect, <code>{config.issuer + returnPath(login.id)}</code>],
        [say.fact.client, configured?.clientId ?? login.clientId ?? say.fact.none],
        [
          say.fact.secret,
          configured ? say.fact.configured : login.sealedSecret === null ? say.fact.none : say.fact.kept,
        ],
        [say.fact.signUp, say.choices[description.sign_up]],
        [say.fact.roles, description.roles.join(', ') || undefined],
        [say.fact.byEmail, description.link_by_email ? yes : no],
        [say.fact.tenants, tenants || undefined],
        [say.fact.documentation, <Elsewhere address={preset.documentation} />],
        [say.fact.created, <Day time={login.createdAt} />],
      ]}
    />
  );
}

function Acts({ login, say: { acts } }: { login: SocialLogin; say: Say }) {
  const at = (below: string, label: string) => ({ label, href: loginAddress(login, below) });
  return (
    <ActLinks
      acts={[
        at('/edit', acts.edit),
        at('/disable', login.disabledAt === null ? acts.disable : acts.enable),
        at('/delete', acts.delete),
      ]}
    />
  );
}

const ONE: Kind<SocialLogin> = {
  ...{ section: 'socialLogins', path: `${LOGINS}/:id`, back: (login) => loginAddress(login), find: loginOf },
};

const sayOf = (c: Context<Web>) => wordsOf(c, 'consoleSocialLogins');

/** Whom it concerns, in a sentence. */
async function usersIn(c: Context<Web>): Promise<string> {
  const { people, without_another_way } = await usersOf(c.get('deps'), c.req.param('id') ?? '');
  return sayOf(c).users(people, without_another_way);
}

const QUESTIONS: readonly Question<SocialLogin>[] = [
  {
    path: '/disable',
    ends: usersIn,
    asks(c, { description: { name }, disabledAt }, users) {
      const { asking } = sayOf(c);
      return disabledAt === null ? asking.disable(name, users) : asking.enable(name);
    },
    carries: SWITCH.carries,
    async act({ c, here, row, form }) {
      await alterLogin(c.get('deps'), here.actor, row, { disabled: SWITCH.isToDisable(form) });
      return 'saved';
    },
  },
  {
    path: '/delete',
    leadsTo: LOGINS,
    ends: usersIn,
    asks: (c, { description }, users) => sayOf(c).asking.delete(description.name, users),
    async act({ c, here, row }) {
      await removeLogin(c.get('deps'), here.actor, row);
      return 'deleted';
    },
  },
];

export const SOCIAL_LOGIN_PAGES: readonly ConsolePage[] = [
  { path: LOGINS, section: 'socialLogins', roles: READERS, listed: true, show: showLogins },
  { path: NEW_LOGIN, section: 'socialLogins', roles: CHANGERS, show: showProviders },
  {
    ...{ path: `${NEW_LOGIN}/:provider`, section: 'socialLogins', roles: CHANGERS, fresh: true },
    ...formPage(newLoginForm),
  },
  { path: ONE.path, section: 'socialLogins', roles: READERS, show: showLogin },
  {
    ...{ path: `${ONE.path}/edit`, section: 'socialLogins', roles: CHANGERS, fresh: true },
    ...formPage(editLoginForm),
  },
  ...questionPages(ONE, QUESTIONS),
];
