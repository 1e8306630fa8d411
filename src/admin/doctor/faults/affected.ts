/** The client profiles that a fault breaks. */
import type { ClientProfile } from '../profiles.ts';

export const noProfile = () => false;

export const usesResourceMetadata = ({ discovery }: ClientProfile) => discovery === 'resource-metadata';

export const comparesExactly = ({ resource }: ClientProfile) => resource === 'exact';

export const comparesUrls = ({ resource }: ClientProfile) => resource !== 'prefix';

export const comparesIssuer = ({ issuer }: ClientProfile) => issuer === 'exact';

export const comparesIssuerLoosely = ({ issuer }: ClientProfile) => issuer !== 'ignored';

export const readsOpenid = ({ documents }: ClientProfile) => documents === 'oauth and openid';

export const needsAdvertisedPkce = ({ pkce }: ClientProfile) => pkce === 'must be advertised';

export const isLetter = ({ id }: ClientProfile) => id === 'bare';
