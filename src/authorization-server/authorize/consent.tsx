/** The consent page, and POST /consent: the person decides, knowing who asks for what. */
import type { Context } from 'hono';
import { signInAddress } from '../../identity/place.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { hostOf, nameOf } from '../clients/client.ts';
import { AskedScopes, describedScopes, ForResources, Links, namesOfResources, Warnings, Who } from './asking.tsx';
import { sealConsent } from './consent-form.ts';
import type { Target } from './respond.tsx';
import type { AuthorizationRequest } from './validate.ts';

/** Whether the person need not be asked: an administrator vouches for the client, or they agreed to this before. */
export function consentIsRemembered(
  settings: Settings,
  { client, redirectUri }: Target,
  { prompts, scopes, resources }: AuthorizationRequest,
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
      resources.every((resource) => grant.resources.includes(resource)),
  );
}

type ConsentPage = {
  target: Target;
  request: AuthorizationRequest;
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
  const asked = await describedScopes(deps, request);
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
        <a href={await signInAddress(deps, { to: restart, ask: 'choice' })}>{say.another}</a>
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
