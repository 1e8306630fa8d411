/** The rate limits of Cloudflare's bindings, by their use here. */
import type { Bindings } from '../config.ts';

export type RateLimits = Record<
  | 'registration'
  | 'pushedRequest'
  | 'deviceAuthorization'
  | 'signUp'
  | 'clientProblem'
  | 'stored'
  | 'unknownClient'
  | 'failedAuthentication'
  | 'outbound'
  | 'outboundNetwork'
  | 'outboundNetworkOrigin'
  | 'outboundOrigin'
  | 'outboundRecorded'
  | 'serverCheck',
  RateLimit
>;

/** The rate limits of a deployment. */
export const rateLimitsOf = (env: Bindings): RateLimits => ({
  registration: env.REGISTRATION_CEILING,
  pushedRequest: env.PUSHED_REQUEST_CEILING,
  deviceAuthorization: env.DEVICE_AUTHORIZATION_CEILING,
  signUp: env.SIGN_UP_CEILING,
  clientProblem: env.CLIENT_PROBLEM_CEILING,
  stored: env.STORED_CEILING,
  unknownClient: env.UNKNOWN_CLIENT_CEILING,
  failedAuthentication: env.FAILED_AUTHENTICATION_CEILING,
  outbound: env.OUTBOUND_CEILING,
  outboundNetwork: env.OUTBOUND_NETWORK_CEILING,
  outboundNetworkOrigin: env.OUTBOUND_NETWORK_ORIGIN_CEILING,
  outboundOrigin: env.OUTBOUND_ORIGIN_CEILING,
  outboundRecorded: env.OUTBOUND_RECORDED_CEILING,
  serverCheck: env.SERVER_CHECK_CEILING,
});
