/** /account/sign-in-methods: the linked identities of the user, linking and unlinking. */
import type { Context } from 'hono';
import { readAccountForm } from '../accounts/account/account-form.ts';
import { accountPage, doneUrl } from '../accounts/account-page.tsx';
import { accountQuestion } from '../accounts/account-question.tsx';
import { requireSession } from '../accounts/require-session.ts';
import { notifyOwner } from '../http/account-notice.ts';
import type { Web } from '../http/context.ts';
import { formToken } from '../http/csrf.ts';
import type { Texts } from '../locales/index.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { SIGN_IN_METHODS_PAGE } from '../protocol/social-login.ts';
import { listSocialLogins, type SocialLogin } from '../storage/providers/social-logins.ts';
import type { SignedIn } from '../storage/users/signed-in.ts';
import { type Identity, listIdentitiesOf, unlinkIdentity } from '../storage/users/user-identities.ts';
import { ButtonForm } from '../ui/action-forms.tsx';
import { Card, DescriptionList, ErrorMessage } from '../ui/components.tsx';
import { textsOf } from '../ui/locale.ts';
import { Day } from '../ui/moment.tsx';
import { Named } from '../ui/names.tsx';
import { availableLogin, redirectToProvider } from './authorization-request.tsx';
import { unavailableReason } from './requirements.ts';

export const LINK = `${SIGN_IN_METHODS_PAGE}/link`;
export const UNLINK = `${SIGN_IN_METHODS_PAGE}/unlink`;

type LinkedAccount = { identity: Identity; login: SocialLogin; isUnavailable: boolean };

export async function showMethods(c: Context<Web>) {
  const here = await requireSession(c, SIGN_IN_METHODS_PAGE);
  return here instanceof Response ? here : methodsPage(c, here);
}

async function methodsPage(c: Context<Web>, here: SignedIn, problem?: string) {
  const deps = c.get('deps');
  const { linked, others } = await linkedAccountsOf(c, here);
  const texts = textsOf(c, 'socialLogin').methods;
  return accountPage(
    c,
    here,
    // The form that links ends at a provider.
    { title: texts.title, section: 'methods', status: problem ? 409 : 200, formsRedirectOut: true },
    <>
      <h1>{texts.title}</h1>
      <ErrorMessage>{problem}</ErrorMessage>
      <p>{linked.length > 0 ? texts.lead : texts.none}</p>
      <ul class="cards items">
        {linked.map((one) => (
          <LinkedAccountCard {...one} say={texts} />
        ))}
      </ul>
      <div class="actions">
        {others.map(({ id, description }) => (
          <ButtonForm
            action={LINK}
            hidden={{ form_token: formToken(deps, here.session.id), id }}
            label={texts.link(description.name)}
          />
        ))}
      </div>
    </>,
  );
}

function LinkedAccountCard({
  identity,
  login,
  isUnavailable,
  say: texts,
}: LinkedAccount & { say: Texts['socialLogin']['methods'] }) {
  const { name } = login.description;
  return (
    <Card title={<Named name={name} detail={identity.account ?? undefined} tile />}>
      {isUnavailable && <p class="warning">{texts.off}</p>}
      <DescriptionList
        facts={[
          [texts.since, <Day time={identity.createdAt} />],
          [texts.lastUsed, <Day time={identity.lastUsedAt} />],
        ]}
      />
      <div class="actions">
        <a class="button secondary" href={`${UNLINK}?id=${identity.id}`}>
          {texts.unlink(name)}
        </a>
      </div>
    </Card>
  );
}

async function linkedAccountsOf(c: Context<Web>, { user }: SignedIn) {
  const { databases, config } = c.get('deps');
  const [identities, logins] = await Promise.all([listIdentitiesOf(databases, user.id), listSocialLogins(databases)]);
  const linked = identities.flatMap((identity): LinkedAccount[] => {
    const login = logins.find(({ id }) => id === identity.loginId);
    return login ? [{ identity, login, isUnavailable: unavailableReason(login, config) !== undefined }] : [];
  });
  const others = logins.filter(
    (login) => unavailableReason(login, config) === undefined && !linked.some((one) => one.login.id === login.id),
  );
  return { linked, others };
}

/** POST …/link: sends the user to the provider to link an identity. */
export async function link(c: Context<Web>) {
  const sent = await readAccountForm(c, SIGN_IN_METHODS_PAGE, 'link-account');
  if (sent instanceof Response) return sent;
  const login = await availableLogin(c.get('deps'), sent.form.required('id'));
  return redirectToProvider(c, login, { sealed: undefined, user: sent.signedIn.user.id });
}

/** GET …/unlink: the confirmation page. */
export async function showUnlink(c: Context<Web>) {
  const id = (c.req.query('id') ?? '').slice(0, 40);
  const here = await requireSession(c, `${UNLINK}?id=${encodeURIComponent(id)}`, 'unlink-account');
  if (here instanceof Response) return here;
  const { identity, login } = await ownLinkedAccount(c, here, id);
  const { name } = login.description;
  const texts = textsOf(c, 'socialLogin').methods;
  return accountQuestion(
    c,
    here,
    {
      section: 'methods',
      question: texts.question(name),
      action: UNLINK,
      id: identity.id,
      submit: texts.submit,
      back: { href: SIGN_IN_METHODS_PAGE, label: texts.back },
    },
    <p>{texts.ends(name)}</p>,
  );
}

/** POST …/unlink: refused for the last sign-in method. */
export async function unlink(c: Context<Web>) {
  const sent = await readAccountForm(c, SIGN_IN_METHODS_PAGE, 'unlink-account');
  if (sent instanceof Response) return sent;
  const { signedIn: here, form } = sent;
  const deps = c.get('deps');
  const { databases, moment } = deps;
  const { identity, login } = await ownLinkedAccount(c, here, form.required('id'));
  const gone = await unlinkIdentity(databases, moment, `user:${here.user.id}`, identity);
  if (!gone) return methodsPage(c, here, textsOf(c, 'socialLogin').methods.last);
  notifyOwner(deps, here.user, 'account-unlinked', login.description.name);
  return c.redirect(doneUrl(SIGN_IN_METHODS_PAGE, 'account-unlinked'), 303);
}

/** The user's linked account. @throws OAuthError not_found for one of another user. */
async function ownLinkedAccount(c: Context<Web>, here: SignedIn, id: string): Promise<LinkedAccount> {
  const { linked } = await linkedAccountsOf(c, here);
  const found = linked.find(({ identity }) => identity.id === id);
  if (!found) throw new OAuthError('not_found', 'no such account is linked to yours.');
  return found;
}
