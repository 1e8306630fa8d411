/** The response modes that metadata names, and the target of an authorization response. */
import type { PushedRequestId } from '../../protocol/credentials.ts';
import type { Client } from '../clients/client.ts';

/** In the order of metadata; `authorization-response.ts` has one function for each. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;

export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** A validated client and redirect URI, with what the response needs. */
export type RedirectTarget = {
  client: Client;
  redirectUri: string;
  redirectUriGiven: boolean;
  state: string | undefined;
  responseMode: ResponseMode;
  /** The pushed request that is answered, where it was pushed. */
  pushed: PushedRequestId | undefined;
};

/** The parameters of an authorization response (RFC 6749 §4.1.2, §4.1.2.1). */
export type ResponseParameters = Record<string, string>;
