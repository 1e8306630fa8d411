/**
 * `@postern/resource-server/building-blocks`: the parts of the guard, for a server that composes its own, such as a
 * gateway or an authorization server with APIs. Other APIs use `@postern/resource-server`.
 */
export { admitRequest, demandScopes, NoCredentials, type TokenAdmission } from './admit.ts';
export { presentedToken, readToken } from './bearer.ts';
export { type ChallengeFacts, isChallenged, metadataAddress, writeChallenge } from './challenge.ts';
export type { ProofPolicy } from './dpop.ts';
export { type PrincipalClaims, principalOf } from './principal-of-token.ts';
export { type ResourceFacts, resourceDocument } from './resource-document.ts';
export type { Scheme } from './scheme.ts';
export { schemeNameOf, schemesFor } from './schemes.ts';
