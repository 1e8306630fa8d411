/** The kinds of application, each with the grant types and the ways to authenticate that make sense for it together. */
import type { Texts } from '../../locales/index.ts';
import {
  CLIENT_SECRET_BASIC,
  CLIENT_SECRET_POST,
  NO_AUTHENTICATION,
  PRIVATE_KEY_JWT,
} from '../../protocol/authentication-method.ts';
import { AUTHORIZATION_CODE, CLIENT_CREDENTIALS, DEVICE_CODE } from '../../protocol/grant-type.ts';

export type KindName = keyof Texts['consoleClients']['kinds'];

export type ClientKind = {
  name: KindName;
  /** OpenID Connect Dynamic Client Registration §2 */
  applicationType: 'web' | 'native' | undefined;
  grantTypes: readonly string[];
  /** The one that is suggested first. */
  methods: readonly [string, ...string[]];
  /** True where the authorization response reaches it at a redirect URI. */
  redirects: boolean;
  /** The fields that its form begins with; the others are advanced. */
  first: readonly string[];
  /** True where it may have refresh tokens, for access while the user is absent. */
  mayStay: boolean;
};

const CONFIDENTIAL = [CLIENT_SECRET_BASIC, CLIENT_SECRET_POST, PRIVATE_KEY_JWT] as const;

const SIGN_IN = ['client_name', 'redirect_uris'] as const;

export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    name: 'website',
    applicationType: 'web',
    grantTypes: [AUTHORIZATION_CODE],
    methods: CONFIDENTIAL,
    redirects: true,
    first: SIGN_IN,
    mayStay: true,
  },
  {
    name: 'browser',
    applicationType: 'web',
    grantTypes: [AUTHORIZATION_CODE],
    methods: [NO_AUTHENTICATION],
    redirects: true,
    first: [...SIGN_IN, 'allowed_origins'],
    mayStay: true,
  },
  {
    name: 'native',
    applicationType: 'native',
    grantTypes: [AUTHORIZATION_CODE],
    methods: [NO_AUTHENTICATION],
    redirects: true,
    first: SIGN_IN,
    mayStay: true,
  },
  {
    name: 'device',
    applicationType: undefined,
    methods: [NO_AUTHENTICATION, ...CONFIDENTIAL],
    grantTypes: [DEVICE_CODE],
    redirects: false,
    first: ['client_name', 'scope'],
    mayStay: true,
  },
  {
    name: 'service',
    applicationType: undefined,
    grantTypes: [CLIENT_CREDENTIALS],
    methods: CONFIDENTIAL,
    redirects: false,
    first: ['client_name', 'scope'],
    mayStay: false,
  },
  {
    name: 'mcp',
    applicationType: undefined,
    grantTypes: [AUTHORIZATION_CODE],
    methods: [NO_AUTHENTICATION, ...CONFIDENTIAL],
    redirects: true,
    first: SIGN_IN,
    mayStay: true,
  },
];
