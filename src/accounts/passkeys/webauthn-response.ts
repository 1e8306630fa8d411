/** Parsing of the response of an authenticator (WebAuthn §5.1). */
import * as z from 'zod';

const Base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(10_000);

const CommonMembers = {
  id: Base64url.max(1400),
  rawId: Base64url.max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}),
};

/** The response to `navigator.credentials.create()`. */
export const RegistrationResponse = z.object({
  ...CommonMembers,
  response: z.object({
    clientDataJSON: Base64url,
    attestationObject: Base64url.max(40_000),
    transports: z.array(z.string().max(30)).max(10).optional(),
  }),
});

/** The response to `navigator.credentials.get()`. */
export const AuthenticationResponse = z.object({
  ...CommonMembers,
  response: z.object({
    clientDataJSON: Base64url,
    authenticatorData: Base64url,
    signature: Base64url,
    userHandle: Base64url.optional(),
  }),
});

/** Parses the response of a sign-in; undefined for any other text. */
export const parseAuthentication = (text: string) => parseResponse(AuthenticationResponse, text);

/** Parses a response by its schema; undefined for any other text. */
export function parseResponse<T extends z.ZodType>(schema: T, text: string): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
