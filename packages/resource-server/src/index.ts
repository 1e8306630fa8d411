/** `@postern/resource-server`: protect an API or MCP server of your own with the tokens of an issuer. */
export { requireToken } from './hono.ts';
export { type Introspection, introspection } from './issuer-tokens.ts';
export type { OnRefusal, RefusedRequest } from './on-refusal.ts';
export type { GuardOptions } from './options.ts';
export { overRpc } from './over-rpc.ts';
export type { ActingParty, Principal, TokenVerifier } from './principal.ts';
export {
  check,
  describeResource,
  type Judgement,
  type ProtectedHandler,
  protect,
  stepUp,
} from './protect.ts';
export type { ScopeHierarchy } from './scope-hierarchy.ts';
export type {
  IntrospectionAnswer,
  RevocationAnswer,
  TokenExpectations,
  TokenPrincipal,
  TokenRefusal,
  TokenService,
  VerificationAnswer,
} from './token-service.ts';
