/**
 * What WebAuthn calls ceremonies: what the browser is asked, and judging what it answers. The challenge travels sealed
 * in the form, bound to the browser or session that it was made for, and is spent when it is answered.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import * as z from 'zod';
import { randomText } from '../../crypto/random.ts';
import { MINUTE, SIGN_IN_PAGE } from '../../protocol/lifetimes.ts';
import type { Passkey } from '../../storage/passkeys.ts';
import type { Person } from '../../storage/people.ts';
import type { Spend } from '../../storage/spent.ts';
import type { Deps } from '../../web/context.ts';

type CeremonyDeps = Pick<Deps, 'config' | 'moment'>;

/** What a page carries: options for the browser, and the sealed challenge. */
export type Asked = { options: string; ceremony: string };

const Ceremony = z.object({
  kind: z.enum(['create', 'get']),
  challenge: z.string(),
  /** The session, or a cookie of the browser. */
  boundTo: z.string(),
  until: z.number(),
});
type Kind = z.infer<typeof Ceremony>['kind'];

/** A quarter of the bundle, with the formats of every attestation: whoever issues tokens never needs it. */
const webauthn = () => import('@simplewebauthn/server');

/** RFC 9110 hosts only: the passkey is good for this one. */
const rpIdOf = ({ config }: CeremonyDeps) => new URL(config.issuer).hostname;

async function sealCeremony(deps: CeremonyDeps, kind: Kind, challenge: string, boundTo: string): Promise<string> {
  const until = deps.moment.now + SIGN_IN_PAGE;
  return deps.config.root.seal('ceremony', { kind, challenge, boundTo, until } satisfies z.infer<typeof Ceremony>);
}

/** Which challenge the form may answer, to be spent with it; undefined for one that is too old or not this browser's. */
export async function openCeremony(
  deps: CeremonyDeps,
  sealed: string,
  kind: Kind,
  boundTo: string,
): Promise<(Spend & { challenge: string }) | undefined> {
  const ceremony = Ceremony.safeParse(await deps.config.root.unseal('ceremony', sealed));
  if (!ceremony.success) return undefined;
  const { challenge, until } = ceremony.data;
  const fits = ceremony.data.kind === kind && ceremony.data.boundTo === boundTo && until > deps.moment.now;
  return fits ? { challenge, text: `challenge:${challenge}`, expiresAt: until } : undefined;
}

/** How long a browser shows its question, in milliseconds. */
const ASKED_FOR = MINUTE;

/** WebAuthn §13.4.3: challenges SHOULD be at least 16 bytes long. */
const newChallenge = () => randomText(43);
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const onTheWire = (challenge: string) => Buffer.from(challenge).toString('base64url');

/** Asks for a passkey of whoever is there: no list, so that nobody learns who has an account. */
export async function askForPasskey(deps: CeremonyDeps, boundTo: string): Promise<Asked> {
  const challenge = newChallenge();
  // WebAuthn §5.10: what each sign-in page asks for is small enough to be said without the library.
  const options: PublicKeyCredentialRequestOptionsJSON = {
    ...{ challenge: onTheWire(challenge), rpId: rpIdOf(deps), timeout: ASKED_FOR },
    // It stands alone, without a password: who is there must be checked, too.
    userVerification: 'required',
  };
  return { options: JSON.stringify(options), ceremony: await sealCeremony(deps, 'get', challenge, boundTo) };
}

/** Asks for a new passkey that signs in by itself (a discoverable credential). */
export async function askForNewPasskey(
  deps: CeremonyDeps,
  rpName: string,
  person: Person,
  existing: readonly Passkey[],
  boundTo: string,
): Promise<Asked> {
  const challenge = newChallenge();
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName,
    rpID: rpIdOf(deps),
    userName: person.email,
    userDisplayName: person.name,
    // WebAuthn §14.6.1: the user handle MUST NOT contain personally identifying information.
    userID: bytesOf(person.id),
    challenge: bytesOf(challenge),
    attestationType: 'none',
    excludeCredentials: existing.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { options: JSON.stringify(options), ceremony: await sealCeremony(deps, 'create', challenge, boundTo) };
}

const Base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(10_000);
const Common = {
  id: Base64url.max(1400),
  rawId: Base64url.max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}),
};

const Registration = z.object({
  ...Common,
  response: z.object({
    clientDataJSON: Base64url,
    attestationObject: Base64url.max(40_000),
    transports: z.array(z.string().max(30)).max(10).optional(),
  }),
});

const Authentication = z.object({
  ...Common,
  response: z.object({
    clientDataJSON: Base64url,
    authenticatorData: Base64url,
    signature: Base64url,
    userHandle: Base64url.optional(),
  }),
});

export const parseAuthentication = (text: string) => parse(Authentication, text);

function parse<T extends z.ZodType>(schema: T, text: string): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export type NewKey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'synced'>;

/** The key that the browser made, or undefined for an answer that is not right in every part. */
export async function judgeNewPasskey(
  deps: CeremonyDeps,
  text: string,
  challenge: string,
): Promise<NewKey | undefined> {
  const response = parse(Registration, text);
  if (!response) return undefined;
  const { verifyRegistrationResponse } = await webauthn();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: onTheWire(challenge),
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

/** What the answer of a known passkey shows, or undefined for one that is not right in every part. */
export async function judgePasskey(
  deps: CeremonyDeps,
  response: z.infer<typeof Authentication>,
  challenge: string,
  passkey: Passkey,
): Promise<{ counter: number; verified: boolean } | undefined> {
  const { userHandle } = response.response;
  // WebAuthn §7.2 step 6: verify that the user identified by userHandle owns the credential.
  if (userHandle !== undefined && Buffer.from(userHandle, 'base64url').toString() !== passkey.personId)
    return undefined;
  const { verifyAuthenticationResponse } = await webauthn();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: onTheWire(challenge),
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
