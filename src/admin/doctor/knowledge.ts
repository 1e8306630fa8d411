/** The facts that the steps of a diagnosis find, and what it may do. */
import type { ProbeResponse } from './probe.ts';

export type Metadata = Record<string, unknown>;

/** The client that a profile uses at the authorization server. */
export type ProbeClient = {
  id: string;
  secret?: string;
  by: 'document' | 'registration' | 'configuration';
};

/** The user's part, where the diagnosis may ask for it. */
export type SignIn = {
  redirectUri: string;
  /** Sends the user to the authorization endpoint. @returns the URL of the callback. */
  authorize: (url: URL) => Promise<URL>;
};

export type Options = {
  /** Registers clients (RFC 7591), and deletes them (RFC 7592). */
  register?: boolean;
  /** A client that is registered already, or the URL of a Client ID Metadata Document. */
  clientId?: string;
  /** Requests of a page of this origin must be possible. */
  origin?: string;
  signIn?: SignIn;
};

/** Found in a step, used by the later ones. */
export type Knowledge = {
  /** The `resource_metadata` of the challenge. */
  resourceMetadataUrl?: string;
  challengeScope?: string;
  resource?: Metadata;
  /** The address of the resource metadata that was used. */
  resourceDocumentUrl?: string;
  issuer?: string;
  server?: Metadata;
  serverDocumentUrl?: string;
  client?: ProbeClient;
  /** The code of an authorization by the user. */
  code?: { code: string; verifier: string };
  /** Answers with a Date, by host. */
  clocks: Map<string, ProbeResponse>;
};

export type ObtainedTokens = {
  accessToken: string;
  /** A valid token of the same issuer that is not for this resource. */
  otherAudience?: string;
};
