/** As much of `oidc-provider` as the tests use; it comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };
  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    Grant: {
      new (of: { accountId?: string | undefined; clientId?: unknown }): Grant;
      find(id: string): Promise<Grant | undefined>;
      adapter: { destroy(id: string): Promise<void> };
    };
    on(event: string, listener: (context: { oidc: { params?: { grant_type?: string } } }) => void): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      prompt: { name: string };
      params: Record<string, unknown>;
      session?: { accountId?: string };
      grantId?: string;
    }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}

/** A file, as its text. */
declare module '*?raw' {
  const text: string;
  export default text;
}
