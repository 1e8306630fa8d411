/** The consent page of an authorization request, whose form carries the validated request sealed. */
import type { Context } from 'hono';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import { scopesForClaims } from '../../protocol/claims-request.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { chooseLanguage, textsOf } from '../../ui/locale.ts';
import { clientNameOf, requestingClientOf } from '../clients/client.ts';
import { ClientName } from '../clients/client-name.tsx';
import { sealConsentForm } from './consent-form.ts';
import { consentPage } from './consent-page.tsx';
import type { RedirectTarget } from './response-modes.ts';
import type { RequestedAccess } from './validate-request.ts';

/** The scopes on the consent page: requested claims are shown as the scope that includes them. */
export const displayedScopes = ({ scopes, claims }: Pick<RequestedAccess, 'scopes' | 'claims'>): string[] => [
  ...new Set([...scopes, ...scopesForClaims(claims)]),
];

type ConsentQuestion = {
  target: RedirectTarget;
  request: RequestedAccess;
  signedIn: SignedIn;
  /** The path that restarts the request, for another account or an expired page. */
  restart: string;
  problem?: string;
};

export async function showConsent(c: Context<Web>, { target, request, signedIn, restart, problem }: ConsentQuestion) {
  const deps = c.get('deps');
  const { client, redirectUri } = target;
  const { user, session, grants } = signedIn;
  const sealed = await sealConsentForm(deps, { target, request, sessionId: session.id, restart });
  await chooseLanguage(c);
  const texts = textsOf(c, 'consent');
  return consentPage(c, {
    client,
    redirectUri,
    title: texts.title(clientNameOf(client)),
    question: texts.question(<ClientName client={client} />),
    requested: { scopes: displayedScopes(request), resources: request.resources },
    user,
    grants,
    otherAccount: await signInAddress(deps, { to: restart, ask: 'choice', asker: requestingClientOf(target) }),
    form: { action: '/consent', name: 'consent', sealed },
    problem,
  });
}
