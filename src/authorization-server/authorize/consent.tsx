/** The consent page, and POST /consent: the person decides, knowing who asks for what. */
import type { Context } from 'hono';
import { signInAddress } from '../../identity/place.ts';
import { scopesOfClaims } from '../../protocol/claims-request.ts';
import { scopeOfClaim } from '../../protocol/person-claims.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { Grant } from '../../storage/grants.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { askerOf, hostOf, nameOf } from '../clients/client.ts';
import { AskedScopes, describedScopes, ForResources, Links, namesOfResources, Warnings, Who } from './asking.tsx';
import { sealConsent } from './consent-form.ts';
import type { Target } from './respond.tsx';
import type { AuthorizationRequest, Requested } from './validate.ts';

/** Whether the person need not be asked: an administrator vouches for the client, or they agreed to this before. */
export function consentIsRemembered(
  settings: Settings,
  { client, redirectUri }: Target,
  { prompts, scopes, resources, claims }: AuthorizationRequest,
  { grants }: SignedIn,
): boolean {
  if (prompts.includes('consent')) return false;
  if (client.trusted) return true;
  // RFC 8252 §8.6: authorization requests of clients that others may impersonate SHOULD NOT be processed without consent.
  const impersonable =
    client.origin !== 'administrator' || isLoopbackRedirect(redirectUri) || isPrivateUseRedirect(redirectUri);
  if (!settings.skip_authorization || impersonable) return false;
  return grants.some(
    (grant) =>
      scopes.every((scope) => grant.scopes.includes(scope)) &&
      [...claims.idToken, ...claims.userinfo].every((claim) => covers(grant, claim)) &&
      resources.every((resource) => grant.resources.includes(resource)),
  );
}

const covers = (grant: Pick<Grant, 'scopes' | 'claims'>, claim: string) =>
  grant.claims.includes(claim) || grant.scopes.includes(scopeOfClaim(claim) ?? '');

/** A person is asked for single claims by the words of the scope that opens them. */
export const askedScopes = ({ scopes, claims }: Pick<Requested, 'scopes' | 'claims'>): string[] => [
  ...new Set([...scopes, ...scopesOfClaims(claims)]),
];

type ConsentPage = {
  target: Target;
  request: Requested;
  signedIn: SignedIn;
  /** The path that asks all this again: for another account, and for a page that grew too old. */
  restart: string;
  problem?: string;
};

export async function showConsent(c: Context<Web>, { target, request, signedIn, restart, problem }: ConsentPage) {
  const deps = c.get('deps');
  const { client, redirectUri } = target;
  const { person, session } = signedIn;
  const sealed = await sealConsent(deps, { target, request, sessionId: session.id, restart });
  const asked = await describedScopes(deps, { ...request, scopes: askedScopes(request) });
  const name = nameOf(client);
  const say = wordsOf(c, 'consent');
  return page(
    c,
    { title: say.title(name), status: problem ? 400 : 200, formsLeave: true, signedInAs: person.name },
    <>
      <Who client={client} sentTo={hostOf(redirectUri)} say={say} />
      <h1>{say.question(name)}</h1>
      <Problem>{problem}</Problem>
      <Warnings client={client} sentTo={hostOf(redirectUri)} say={say} />
      <ForResources names={await namesOfResources(deps, request.resources)} say={say} />
      <p>
        {say.signedInAs(<strong>{person.email}</strong>)}{' '}
        <a href={await signInAddress(deps, { to: restart, ask: 'choice', asker: askerOf(target) })}>{say.another}</a>
      </p>
      <form class="stack" method="post" action="/consent">
        <input type="hidden" name="consent" value={sealed} />
        <AskedScopes name={name} scopes={asked} say={say} called={wordsOf(c, 'scopes')} />
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            {say.allow}
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            {say.deny}
          </button>
        </div>
      </form>
      <Links client={client} say={say} />
    </>,
  );
}
