/** The storage of an application with the official MCP client, for one server. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';

export class Memory implements OAuthClientProvider {
  information: OAuthClientInformationMixed | undefined;
  kept: OAuthTokens | undefined;
  verifier = '';
  authorizeUrl: URL | undefined;
  readonly redirectUrl: string;
  readonly clientMetadata;
  constructor(redirectUrl: string) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = {
      client_name: 'An MCP client',
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    };
  }
  state = () => 'a-state';
  clientInformation = () => this.information;
  saveClientInformation = (information: OAuthClientInformationMixed) => {
    this.information = information;
  };
  tokens = () => this.kept;
  saveTokens = (tokens: OAuthTokens) => {
    this.kept = tokens;
  };
  redirectToAuthorization = (url: URL) => {
    this.authorizeUrl = url;
  };
  saveCodeVerifier = (verifier: string) => {
    this.verifier = verifier;
  };
  codeVerifier = () => this.verifier;
}

/**
 * The client refreshes before it asks anybody, and no refresh gives more than there was: while an access token is good,
 * its refresh token is kept back, so that a step-up reaches the user.
 */
export class PatientMemory extends Memory {
  hasExpired = false;
  override tokens = () => this.kept && { ...this.kept, ...(this.hasExpired ? {} : { refresh_token: undefined }) };
  override saveTokens = (tokens: OAuthTokens) => {
    this.kept = tokens;
    this.hasExpired = false;
  };
  /** As if its time had come. */
  expire = () => {
    if (this.kept) this.kept = { ...this.kept, access_token: 'expired' };
    this.hasExpired = true;
  };
  invalidateCredentials = () => {
    this.kept = undefined;
  };
}
