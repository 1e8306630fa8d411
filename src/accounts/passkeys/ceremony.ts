/**
 * WebAuthn ceremonies: the options for the browser, and validation of its response. The challenge is sealed in the
 * form, bound to the browser or session, and single-use.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type * as z from 'zod';
import { randomText } from '../../crypto/random.ts';
import { MINUTE } from '../../protocol/lifetimes.ts';
import type { Passkey } from '../../storage/users/passkeys.ts';
import type { User } from '../../storage/users/users.ts';
import { type CeremonyDeps, sealCeremony } from './sealed-ceremony.ts';
import { type AuthenticationResponse, parseResponse, RegistrationResponse } from './webauthn-response.ts';

/** The content of a form: the options for the browser, and the sealed challenge. */
export type PasskeyChallenge = { options: string; ceremony: string };

/** A quarter of the bundle, with the formats of every attestation; token requests never need it. */
const webauthn = () => import('@simplewebauthn/server');

/** The relying party id, to which passkeys are bound: the host of the issuer. */
const rpIdOf = ({ config }: CeremonyDeps) => new URL(config.issuer).hostname;

/** The timeout of the browser's dialog, in milliseconds. */
const CEREMONY_TIMEOUT = MINUTE;

/** WebAuthn §13.4.3: challenges SHOULD be at least 16 bytes long. */
const newChallenge = () => randomText(43);

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

const toBase64url = (challenge: string) => Buffer.from(challenge).toString('base64url');

/** The options of a sign-in: without a list of credentials, which would disclose accounts. */
export async function requestPasskey(deps: CeremonyDeps, boundTo: string): Promise<PasskeyChallenge> {
  const challenge = newChallenge();
  // WebAuthn §5.10: the options of a sign-in are built without the library, which is large.
  const options: PublicKeyCredentialRequestOptionsJSON = {
    challenge: toBase64url(challenge),
    rpId: rpIdOf(deps),
    timeout: CEREMONY_TIMEOUT,
    // A passkey replaces the password, so user verification is required.
    userVerification: 'required',
  };
  return { options: JSON.stringify(options), ceremony: await sealCeremony(deps, 'get', challenge, boundTo) };
}

/** The options of a registration: a discoverable credential, which signs in without a user name. */
export async function requestNewPasskey(
  deps: CeremonyDeps,
  rpName: string,
  user: User,
  existing: readonly Passkey[],
  boundTo: string,
): Promise<PasskeyChallenge> {
  const challenge = newChallenge();
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName,
    rpID: rpIdOf(deps),
    userName: user.email,
    userDisplayName: user.name,
    // WebAuthn §14.6.1: the user handle MUST NOT contain personally identifying information.
    userID: bytesOf(user.id),
    challenge: bytesOf(challenge),
    attestationType: 'none',
    excludeCredentials: existing.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { options: JSON.stringify(options), ceremony: await sealCeremony(deps, 'create', challenge, boundTo) };
}

export type VerifiedPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'synced'>;

/** Validates a registration (WebAuthn §7.1); undefined for an invalid response. */
export async function verifyNewPasskey(
  deps: CeremonyDeps,
  text: string,
  challenge: string,
): Promise<VerifiedPasskey | undefined> {
  const response = parseResponse(RegistrationResponse, text);
  if (!response) return undefined;
  const { verifyRegistrationResponse } = await webauthn();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: toBase64url(challenge),
    expectedOrigin: deps.config.issuer,
    expectedRPID: rpIdOf(deps),
    requireUserVerification: true,
  }).catch(() => ({ verified: false as const, registrationInfo: undefined }));
  if (!verified || !registrationInfo) return undefined;
  const { credential, credentialDeviceType } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: response.response.transports ?? [],
    synced: credentialDeviceType === 'multiDevice',
  };
}

/** Validates an authentication (WebAuthn §7.2); undefined for an invalid response. */
export async function verifyPasskey(
  deps: CeremonyDeps,
  response: z.infer<typeof AuthenticationResponse>,
  challenge: string,
  passkey: Passkey,
): Promise<{ counter: number; verified: boolean } | undefined> {
  const { userHandle } = response.response;
  // WebAuthn §7.2 step 6: verify that the user identified by userHandle owns the credential.
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== passkey.userId) return undefined;
  const { verifyAuthenticationResponse } = await webauthn();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: toBase64url(challenge),
    expectedOrigin: deps.config.issuer,
    expectedRPID: rpIdOf(deps),
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
      counter: passkey.counter,
    },
    requireUserVerification: true,
  }).catch(() => ({ verified: false as const, authenticationInfo: undefined }));
  return verified && authenticationInfo
    ? { counter: authenticationInfo.newCounter, verified: authenticationInfo.userVerified }
    : undefined;
}
