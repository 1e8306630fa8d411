/** The state of a flow with a provider, from the authorization request to its answer. */
import * as z from 'zod';
import { DpopKey } from '../crypto/dpop-key.ts';

/** The state of a flow, sealed in a cookie until the answer arrives. */
export const Flow = z.object({
  /** `connect <app>` or `sign in <provider>`. */
  purpose: z.string(),
  state: z.string(),
  /** RFC 7636; empty where the nonce protects the code instead. */
  verifier: z.string(),
  nonce: z.string(),
  /** The key that its tokens will be bound to (RFC 9449). */
  proofKey: DpopKey.optional(),
  /** RFC 9207 §2.4: the issuer that the request was sent to. */
  issuer: z.string(),
  scopes: z.array(z.string()),
  /** The user who began it, where it needs a session. */
  user: z.string().optional(),
  /** Reauthentication at the provider; `required` where an answer without proof of it is refused. */
  reauthentication: z.enum(['requested', 'required']).optional(),
  /** True where max_age was sent: a provider that refuses it gets the request once more without. */
  sentMaxAge: z.boolean().optional(),
  /** True where its answer was accepted: the same answer again redirects to the same address. */
  isCompleted: z.boolean().optional(),
  /** The address that the browser continues to. */
  returnTo: z.string(),
  expiresAt: z.number(),
});

export type Flow = z.infer<typeof Flow>;
