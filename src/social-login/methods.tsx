/** /account/sign-in-methods: the accounts elsewhere that sign one in, linking another, and unlinking. */
import type { Context } from 'hono';
import { sentForm } from '../identity/account/form.ts';
import { accountPage, doneAt } from '../identity/account-page.tsx';
import { visitor } from '../identity/visitor.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { SIGN_IN_METHODS } from '../protocol/social-login.ts';
import { type Identity, listIdentitiesOf, unlinkIdentity } from '../storage/person-identities.ts';
import type { SignedIn } from '../storage/sessions.ts';
import { listSocialLogins, type SocialLogin } from '../storage/social-logins.ts';
import type { Web } from '../web/context.ts';
import { formToken } from '../web/csrf.ts';
import { ButtonForm, Card, Confirm, Day, Facts, Problem } from '../web/pieces.tsx';
import { wordsOf } from '../web/words.ts';
import type { Words } from '../words/index.ts';
import { goThere, usableLogin } from './begin.tsx';
import { whyNotShown } from './record.ts';

export const LINK = `${SIGN_IN_METHODS}/link`;
export const UNLINK = `${SIGN_IN_METHODS}/unlink`;

type Linked = { identity: Identity; login: SocialLogin; isOff: boolean };

export async function showMethods(c: Context<Web>) {
  const here = await visitor(c, SIGN_IN_METHODS);
  return here instanceof Response ? here : methodsPage(c, here);
}

async function methodsPage(c: Context<Web>, here: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const { linked, others } = await linkedOf(c, here);
  const say = wordsOf(c, 'socialLogin').methods;
  return accountPage(
    c,
    here,
    // The form that links ends at a provider.
    { title: say.title, section: 'methods', status: problem ? 409 : 200, formsLeave: true },
    <>
      <h1>{say.title}</h1>
      <Problem>{problem}</Problem>
      <p>{linked.length > 0 ? say.lead : say.none}</p>
      <ul class="cards">
        {linked.map((one) => (
          <One {...one} say={say} />
        ))}
      </ul>
      <div class="actions">
        {others.map(({ id, description }) => (
          <ButtonForm
            action={LINK}
            hidden={{ form_token: formToken(deps, here.session.id), id }}
            label={say.link(description.name)}
          />
        ))}
      </div>
    </>,
  );
}

function One({ identity, login, isOff, say }: Linked & { say: Words['socialLogin']['methods'] }) {
  const { name } = login.description;
  return (
    <Card title={name}>
      {isOff && <p class="warning">{say.off}</p>}
      <Facts
        facts={[
          [say.account, identity.account ?? undefined],
          [say.since, <Day time={identity.createdAt} />],
          [say.lastUsed, <Day time={identity.lastUsedAt} />],
        ]}
      />
      <div class="actions">
        <a class="button secondary" href={`${UNLINK}?id=${identity.id}`}>
          {say.unlink(name)}
        </a>
      </div>
    </Card>
  );
}

async function linkedOf(c: Context<Web>, { person }: SignedIn) {
  const { databases, config } = c.get('deps');
  const [identities, logins] = await Promise.all([listIdentitiesOf(databases, person.id), listSocialLogins(databases)]);
  const linked = identities.flatMap((identity): Linked[] => {
    const login = logins.find(({ id }) => id === identity.loginId);
    return login ? [{ identity, login, isOff: whyNotShown(login, config) !== undefined }] : [];
  });
  const others = logins.filter(
    (login) => whyNotShown(login, config) === undefined && !linked.some((one) => one.login.id === login.id),
  );
  return { linked, others };
}

/** POST …/link: to the provider, and back as an account that is linked. */
export async function link(c: Context<Web>) {
  const sent = await sentForm(c, SIGN_IN_METHODS, 'link-account');
  if (sent instanceof Response) return sent;
  const login = await usableLogin(c.get('deps'), sent.form.required('id'));
  return goThere(c, login, { sealed: undefined, person: sent.here.person.id });
}

/** GET …/unlink: the question. */
export async function showUnlink(c: Context<Web>) {
  const id = (c.req.query('id') ?? '').slice(0, 40);
  const here = await visitor(c, `${UNLINK}?id=${encodeURIComponent(id)}`, 'unlink-account');
  if (here instanceof Response) return here;
  const { identity, login } = await ownLinked(c, here, id);
  const { name } = login.description;
  const say = wordsOf(c, 'socialLogin').methods;
  return accountPage(
    c,
    here,
    { title: say.question(name), section: 'methods' },
    <Confirm
      heading={say.question(name)}
      action={UNLINK}
      hidden={{ form_token: formToken(c.get('deps'), here.session.id), id: identity.id }}
      submit={say.submit}
      back={{ href: SIGN_IN_METHODS, label: say.back }}
    >
      <p>{say.ends(name)}</p>
    </Confirm>,
  );
}

/** POST …/unlink: never the only way in. */
export async function unlink(c: Context<Web>) {
  const sent = await sentForm(c, SIGN_IN_METHODS, 'unlink-account');
  if (sent instanceof Response) return sent;
  const { here, form } = sent;
  const { databases, moment, settings } = c.get('deps');
  const { identity } = await ownLinked(c, here, form.required('id'));
  const gone = await unlinkIdentity(databases, moment, `person:${here.person.id}`, identity, await settings());
  if (!gone) return methodsPage(c, here, wordsOf(c, 'socialLogin').methods.last);
  return c.redirect(doneAt(SIGN_IN_METHODS, 'account-unlinked'), 303);
}

/** @throws OAuthError not_found for one that is not theirs. */
async function ownLinked(c: Context<Web>, here: SignedIn, id: string): Promise<Linked> {
  const { linked } = await linkedOf(c, here);
  const found = linked.find(({ identity }) => identity.id === id);
  if (!found) throw new OAuthError('not_found', 'no such account is linked to yours.');
  return found;
}
