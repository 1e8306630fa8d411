/** The consent page. */
import type { Context } from 'hono';
import { signInAddress } from '../../accounts/sign-in-continuation.ts';
import type { Web } from '../../http/context.ts';
import { scopesForClaims } from '../../protocol/claims-request.ts';
import type { SignedIn } from '../../storage/users/signed-in.ts';
import { AccountRow } from '../../ui/account-row.tsx';
import { ErrorMessage } from '../../ui/components.tsx';
import { chooseLanguage, textsOf } from '../../ui/locale.ts';
import { page } from '../../ui/page.tsx';
import { clientNameOf, requestingClientOf } from '../clients/client.ts';
import {
  ClientLinks,
  ClientName,
  consentWarning,
  Destination,
  describeScopes,
  previouslyGrantedScopes,
  RequestedResources,
  RequestedScopes,
  RequestingClient,
  resourceNames,
} from './consent-components.tsx';
import { sealConsentForm } from './consent-form.ts';
import type { RedirectTarget } from './response-modes.ts';
import type { RequestedAccess } from './validate-request.ts';

/** The scopes on the consent page: requested claims are shown as the scope that includes them. */
export const displayedScopes = ({ scopes, claims }: Pick<RequestedAccess, 'scopes' | 'claims'>): string[] => [
  ...new Set([...scopes, ...scopesForClaims(claims)]),
];

type ConsentPage = {
  target: RedirectTarget;
  request: RequestedAccess;
  signedIn: SignedIn;
  /** The path that restarts the request, for another account or an expired page. */
  restart: string;
  problem?: string;
};

export async function showConsent(c: Context<Web>, { target, request, signedIn, restart, problem }: ConsentPage) {
  const deps = c.get('deps');
  const { client, redirectUri } = target;
  const { user, session, grants } = signedIn;
  const sealed = await sealConsentForm(deps, { target, request, sessionId: session.id, restart });
  const asked = await describeScopes(deps, { ...request, scopes: displayedScopes(request) });
  await chooseLanguage(c);
  const texts = textsOf(c, 'consent');
  const other = await signInAddress(deps, { to: restart, ask: 'choice', asker: requestingClientOf(target) });
  const warning = consentWarning({ client, redirectUri, texts });
  return page(
    c,
    {
      title: texts.title(clientNameOf(client)),
      status: problem ? 400 : 200,
      formsRedirectOut: true,
      signedInAs: user.name,
    },
    <>
      <RequestingClient
        client={client}
        redirectUri={redirectUri}
        question={texts.question(<ClientName client={client} />)}
      />
      <ErrorMessage>{problem}</ErrorMessage>
      <Destination redirectUri={redirectUri} texts={texts} />
      {warning && <p class="warning">{warning}</p>}
      <RequestedResources names={await resourceNames(deps, request.resources)} texts={texts} />
      <AccountRow name={user.name} other={{ href: other, label: texts.another }}>
        {texts.signedInAs(<strong>{user.email}</strong>)}
      </AccountRow>
      <form class="stack" method="post" action="/consent">
        <input type="hidden" name="consent" value={sealed} />
        <RequestedScopes
          client={client}
          scopes={asked}
          before={previouslyGrantedScopes(grants, request.resources)}
          texts={texts}
          scopeTexts={textsOf(c, 'scopes')}
        />
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            {texts.allow}
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            {texts.deny}
          </button>
        </div>
      </form>
      <ClientLinks client={client} redirectUri={redirectUri} texts={texts} />
    </>,
  );
}
