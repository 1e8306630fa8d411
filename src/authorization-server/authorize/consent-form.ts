/** The sealed content of the consent form: the validated request, bound to the session. */
import * as z from 'zod';
import { randomText } from '../../crypto/random.ts';
import type { Deps } from '../../http/context.ts';
import {
  type PushedRequestId,
  parsePushedRequestId,
  parseSessionId,
  type SessionId,
} from '../../protocol/credentials.ts';
import { CONSENT_PAGE_LIFETIME } from '../../protocol/lifetimes.ts';
import { consentFingerprint } from './remembered-consent.ts';
import type { RedirectTarget } from './response-modes.ts';
import { RESPONSE_MODES } from './response-modes.ts';
import type { RequestedAccess } from './validate-request.ts';

const ConsentForm = z.object({
  /** Single-use: consumed by the decision. */
  id: z.string(),
  until: z.number(),
  sessionId: z.custom<SessionId>((value) => parseSessionId(value) !== undefined),
  clientId: z.string(),
  redirectUri: z.string(),
  redirectUriGiven: z.boolean(),
  state: z.string().optional(),
  responseMode: z.enum(RESPONSE_MODES),
  scopes: z.array(z.string()),
  resources: z.array(z.string()),
  codeChallenge: z.string().optional(),
  nonce: z.string().optional(),
  claims: z.object({ idToken: z.array(z.string()), userinfo: z.array(z.string()) }),
  acr: z.array(z.string()),
  dpopJkt: z.string().optional(),
  restart: z.string(),
  /** The fingerprint of the displayed client. */
  displayHash: z.string().optional(),
  pushed: z.custom<PushedRequestId>((value) => parsePushedRequestId(value) !== undefined).optional(),
});
export type ConsentForm = z.infer<typeof ConsentForm>;

type ConsentRequest = { target: RedirectTarget; request: RequestedAccess; sessionId: SessionId; restart: string };

export function sealConsentForm(
  deps: Pick<Deps, 'config' | 'moment'>,
  { target, request, sessionId, restart }: ConsentRequest,
) {
  const { client, ...answer } = target;
  const { scopes, resources, codeChallenge, nonce, claims, acr, dpopJkt } = request;
  return deps.config.root.seal('consent', {
    id: randomText(22),
    until: deps.moment.now + CONSENT_PAGE_LIFETIME,
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
    displayHash: consentFingerprint(target),
  } satisfies z.input<typeof ConsentForm>);
}

/** Opens a form; undefined for anything that this server did not seal. The caller checks `until`. */
export async function openConsentForm(deps: Pick<Deps, 'config'>, sealed: string): Promise<ConsentForm | undefined> {
  const consent = ConsentForm.safeParse(await deps.config.root.unseal('consent', sealed));
  return consent.success ? consent.data : undefined;
}
