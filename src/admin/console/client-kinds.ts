/** The kinds of application, each with the grant types and the ways to authenticate that make sense for it together. */
import type { Words } from '../../words/index.ts';

export type KindName = keyof Words['consoleClients']['kinds'];

export type ClientKind = {
  name: KindName;
  /** OpenID Connect Dynamic Client Registration §2 */
  applicationType: 'web' | 'native' | undefined;
  grantTypes: readonly string[];
  /** The one that is suggested first. */
  methods: readonly [string, ...string[]];
  /** Whether people come back to it in a browser. */
  redirects: boolean;
  /** Whether it may stay when the person is away: then it gets refresh tokens. */
  mayStay: boolean;
};

const CONFIDENTIAL = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    ...{ name: 'website', applicationType: 'web', grantTypes: ['authorization_code'], methods: CONFIDENTIAL },
    ...{ redirects: true, mayStay: true },
  },
  {
    ...{ name: 'browser', applicationType: 'web', grantTypes: ['authorization_code'], methods: ['none'] },
    ...{ redirects: true, mayStay: true },
  },
  {
    ...{ name: 'native', applicationType: 'native', grantTypes: ['authorization_code'], methods: ['none'] },
    ...{ redirects: true, mayStay: true },
  },
  {
    ...{ name: 'device', applicationType: undefined, methods: ['none', ...CONFIDENTIAL] },
    ...{ grantTypes: ['urn:ietf:params:oauth:grant-type:device_code'], redirects: false, mayStay: true },
  },
  {
    ...{ name: 'service', applicationType: undefined, grantTypes: ['client_credentials'], methods: CONFIDENTIAL },
    ...{ redirects: false, mayStay: false },
  },
];
