/** GET / and /playground: what this server is, where its documents are, and a playground to see it work. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Web } from './context.ts';
import { page } from './page.tsx';
import { REFERENCE } from './reference.tsx';
import { errorPage, methodNotAllowed } from './render-error.tsx';

type DocumentLink = { name: string; href: string; about: string };

const SCRIPT = '/playground.js';

/** @param playgroundIsOn told by the room that knows the playground's client. */
export function frontPages(playgroundIsOn: (config: Config, settings: Settings) => boolean) {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.get('/', async (c) => {
    const { config } = c.get('deps');
    const settings = await c.get('deps').settings();
    const playground = playgroundIsOn(config, settings);
    return page(
      c,
      { title: 'Welcome', wide: true, ...(playground ? { script: SCRIPT } : {}) },
      <FrontPage
        issuer={config.issuer}
        documents={documents(settings)}
        playground={playground}
        signUp={settings.sign_up === 'allow'}
      />,
    );
  });
  app.get('/playground', async (c) => {
    const { config } = c.get('deps');
    if (!playgroundIsOn(config, await c.get('deps').settings())) {
      throw new OAuthError('not_found', 'the playground is switched off here.');
    }
    return page(c, { title: 'Playground', wide: true, script: SCRIPT }, <PlaygroundPage />);
  });
  return app.all('/', methodNotAllowed('GET')).all('/playground', methodNotAllowed('GET'));
}

/** Only those that are served. */
function documents(settings: Settings): DocumentLink[] {
  const server = [
    {
      name: 'Authorization server metadata',
      href: WELL_KNOWN.authorizationServer,
      about: 'RFC 8414: every endpoint and what it can do',
    },
    {
      name: 'OpenID configuration',
      href: WELL_KNOWN.openidConfiguration,
      about: 'The same, where OpenID clients look for it',
    },
  ];
  const resource = {
    name: 'Protected resource metadata',
    href: WELL_KNOWN.protectedResource,
    about: 'RFC 9728: what is protected here, and by whom',
  };
  return [
    ...(settings.show_auth_server_metadata ? server : []),
    ...(settings.show_protected_resource_metadata ? [resource] : []),
    { name: 'API reference', href: REFERENCE, about: 'What this server answers beside OAuth itself' },
    { name: 'Public keys', href: ENDPOINTS.jwks_uri, about: 'With these anybody can verify a token of this server' },
  ];
}

function FrontPage(props: {
  issuer: string;
  documents: readonly DocumentLink[];
  playground: boolean;
  signUp: boolean;
}) {
  return (
    <>
      <h1>Sign in once, use it elsewhere</h1>
      <p class="lead">
        This server knows who people are, and lets applications act for them: only when the person agrees, only as far
        as they agreed, and only until they change their mind.
      </p>
      <p>
        Applications speak OAuth 2.1 and OpenID Connect with it. They need nothing but its address,{' '}
        <code>{props.issuer}</code>.
      </p>
      <div class="actions">
        <a class="button" href="/account">
          Your account
        </a>
        {props.signUp && (
          <a class="button secondary" href="/sign-up">
            Make an account
          </a>
        )}
      </div>
      <h2>For programs</h2>
      <ul class="documents">
        {props.documents.map((document) => (
          <li>
            <a href={document.href}>{document.name}</a>
            <br />
            <span class="hint">{document.about}</span>
          </li>
        ))}
      </ul>
      {props.playground && <Playground />}
    </>
  );
}

/** Where a run of the playground comes back to. */
function PlaygroundPage() {
  return (
    <>
      <h1>Playground</h1>
      <Playground />
    </>
  );
}

function Playground() {
  return (
    <section aria-labelledby="playground-title">
      <h2 id="playground-title">See it work</h2>
      <p>
        One button runs the authorization code flow with PKCE, here in your browser, as an application without a secret
        would: every request, every answer, and what is inside the tokens.
      </p>
      <noscript>
        <p class="notice">The playground is a JavaScript application. Everything else here works without.</p>
      </noscript>
      <div class="actions">
        <button type="button" id="run" hidden>
          Run the flow
        </button>
      </div>
      <p id="progress" role="status" aria-live="polite"></p>
      <ol class="steps" id="steps"></ol>
    </section>
  );
}
