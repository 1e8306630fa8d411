/**
 * What the consent form carries: the validated request itself, sealed and bound to the session, so that nobody can
 * send a decision about another request or for another person.
 */
import * as z from 'zod';
import { randomText } from '../../crypto/random.ts';
import type { PushedId, SessionId } from '../../protocol/credentials.ts';
import { CONSENT_PAGE } from '../../protocol/lifetimes.ts';
import type { Deps } from '../../web/context.ts';
import type { Target } from './respond.tsx';
import { RESPONSE_MODES } from './respond.tsx';
import type { Requested } from './validate.ts';

const Consent = z.object({
  /** Spent when it is answered. */
  id: z.string(),
  until: z.number(),
  sessionId: z.string().transform((id) => id as SessionId),
  clientId: z.string(),
  redirectUri: z.string(),
  redirectUriGiven: z.boolean(),
  state: z.string().optional(),
  responseMode: z.enum(RESPONSE_MODES),
  scopes: z.array(z.string()),
  resources: z.array(z.string()),
  codeChallenge: z.string(),
  nonce: z.string().optional(),
  claims: z.object({ idToken: z.array(z.string()), userinfo: z.array(z.string()) }),
  acr: z.array(z.string()),
  dpopJkt: z.string().optional(),
  restart: z.string(),
  pushed: z
    .string()
    .transform((id) => id as PushedId)
    .optional(),
});
export type Consent = z.infer<typeof Consent>;

type Asked = { target: Target; request: Requested; sessionId: SessionId; restart: string };

export function sealConsent(deps: Pick<Deps, 'config' | 'moment'>, { target, request, sessionId, restart }: Asked) {
  const { client, ...answer } = target;
  const { scopes, resources, codeChallenge, nonce, claims, acr, dpopJkt } = request;
  return deps.config.root.seal('consent', {
    id: randomText(22),
    until: deps.moment.now + CONSENT_PAGE,
    sessionId,
    clientId: client.id,
    ...answer,
    scopes,
    resources,
    codeChallenge,
    nonce,
    claims,
    acr,
    dpopJkt,
    restart,
  } satisfies z.input<typeof Consent>);
}

/** The form's content, or undefined for what this server did not seal. Whether it is too old is not judged here. */
export async function openConsent(deps: Pick<Deps, 'config'>, sealed: string): Promise<Consent | undefined> {
  const consent = Consent.safeParse(await deps.config.root.unseal('consent', sealed));
  return consent.success ? consent.data : undefined;
}
