/** The consent page, and POST /consent: the person decides, knowing who asks for what. */
import type { Context } from 'hono';
import { signInAddress } from '../../identity/place.ts';
import { isLoopbackRedirect, isPrivateUseRedirect } from '../../protocol/redirect-uri.ts';
import { knownScopes, type Scope } from '../../protocol/scope.ts';
import type { Settings } from '../../protocol/settings.ts';
import type { SignedIn } from '../../storage/sessions.ts';
import type { Web } from '../../web/context.ts';
import { page } from '../../web/page.tsx';
import { type Client, hostOf, nameOf } from '../clients/client.ts';
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
    client.origin === 'registration' || isLoopbackRedirect(redirectUri) || isPrivateUseRedirect(redirectUri);
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
  const known = knownScopes((await deps.settings()).scopes_supported);
  const asked = request.scopes.flatMap((name) => known.filter((scope) => scope.name === name));
  const name = nameOf(client);
  return page(
    c,
    { title: `Allow ${name}?`, status: problem ? 400 : 200, formsLeave: true, signedInAs: person.name },
    <>
      <Who client={client} redirectUri={redirectUri} />
      <h1>Allow {name} to use your account?</h1>
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <Warnings client={client} redirectUri={redirectUri} />
      <p>
        You are signed in as <strong>{person.email}</strong>.{' '}
        <a href={await signInAddress(deps, { to: restart, ask: 'choice' })}>Use another account</a>
      </p>
      <form class="stack" method="post" action="/consent">
        <input type="hidden" name="consent" value={sealed} />
        <fieldset>
          <legend>{name} would like to</legend>
          <ul class="scopes">
            {asked.map((scope) => (
              <AskedScope scope={scope} />
            ))}
          </ul>
        </fieldset>
        <div class="actions">
          <button type="submit" name="decision" value="allow">
            Allow
          </button>
          <button type="submit" name="decision" value="deny" class="secondary">
            Deny
          </button>
        </div>
      </form>
      <Links client={client} />
    </>,
  );
}

function Who({ client, redirectUri }: { client: Client; redirectUri: string }) {
  const name = nameOf(client);
  return (
    <div class="who">
      <span class="initial" aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <p>
        <strong>{name}</strong>
        <br />
        {client.metadata.client_uri && <a href={client.metadata.client_uri}>{hostOf(client.metadata.client_uri)}</a>}
        {client.metadata.client_uri && ' · '}
        You will be sent to <strong>{hostOf(redirectUri)}</strong>
      </p>
    </div>
  );
}

function Warnings({ client, redirectUri }: { client: Client; redirectUri: string }) {
  const local = client.metadata.redirect_uris.every(isLoopbackRedirect);
  return (
    <>
      {client.origin === 'registration' && !client.trusted && (
        <p class="warning">
          This application registered itself. Nobody here has checked that it is who it says. Go on only if you have
          just started this yourself, and you trust {hostOf(redirectUri)}.
        </p>
      )}
      {local && (
        <p class="warning">
          This application runs on a computer, not on a website: make sure that it is a program that you have started on
          this one.
        </p>
      )}
    </>
  );
}

function AskedScope({ scope }: { scope: Scope }) {
  if (!scope.optional) {
    return (
      <li>
        <strong>{scope.description}</strong>
      </li>
    );
  }
  return (
    <li>
      <label>
        <input type="checkbox" name="scope" value={scope.name} checked /> <strong>{scope.description}</strong>{' '}
        <span class="hint">you can leave this out</span>
      </label>
    </li>
  );
}

function Links({ client }: { client: Client }) {
  const { policy_uri, tos_uri } = client.metadata;
  if (!policy_uri && !tos_uri) return null;
  return (
    <p class="fine">
      What {nameOf(client)} promises: {policy_uri && <a href={policy_uri}>privacy policy</a>}
      {policy_uri && tos_uri && ', '}
      {tos_uri && <a href={tos_uri}>terms of service</a>}
    </p>
  );
}
