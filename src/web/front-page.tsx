/** GET / and /playground: what this server is, where its documents are, and a playground to see it work. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Words } from '../words/index.ts';
import { BRAND_LOGO, BRAND_STYLESHEET, brandLogo, brandStylesheet } from './brand.ts';
import type { Web } from './context.ts';
import { page } from './page.tsx';
import { REFERENCE } from './problem.ts';
import { errorPage, methodNotAllowed } from './render-error.tsx';
import { wordsOf } from './words.ts';

type DocumentLink = { href: string; name: string; about: string };
type Say = { say: Words['front'] };

const SCRIPT = '/playground.js';

/** @param playgroundIsOn told by the room that knows the playground's client. */
export function frontPages(playgroundIsOn: (config: Config, settings: Settings) => boolean) {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.get('/', async (c) => {
    const { config } = c.get('deps');
    const settings = await c.get('deps').settings();
    const playground = playgroundIsOn(config, settings);
    const say = wordsOf(c, 'front');
    return page(
      c,
      { title: say.title, wide: true, ...(playground ? { script: SCRIPT } : {}) },
      <FrontPage
        issuer={config.issuer}
        documents={documents(settings, say.documents)}
        say={say}
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
    const say = wordsOf(c, 'front');
    return page(c, { title: say.playground.title, wide: true, script: SCRIPT }, <PlaygroundPage say={say} />);
  });
  app.get(BRAND_STYLESHEET, brandStylesheet).all(BRAND_STYLESHEET, methodNotAllowed('GET'));
  app.get(BRAND_LOGO, brandLogo).all(BRAND_LOGO, methodNotAllowed('GET'));
  return app.all('/', methodNotAllowed('GET')).all('/playground', methodNotAllowed('GET'));
}

/** Only those that are served. */
function documents(settings: Settings, say: Words['front']['documents']): DocumentLink[] {
  const link = (href: string, [name, about]: readonly [string, string]) => ({ href, name, about });
  return [
    ...(settings.show_auth_server_metadata
      ? [link(WELL_KNOWN.authorizationServer, say.server), link(WELL_KNOWN.openidConfiguration, say.openid)]
      : []),
    ...(settings.show_protected_resource_metadata ? [link(WELL_KNOWN.protectedResource, say.resource)] : []),
    link(REFERENCE, say.reference),
    link(ENDPOINTS.jwks_uri, say.keys),
  ];
}

function FrontPage(
  props: Say & { issuer: string; documents: readonly DocumentLink[]; playground: boolean; signUp: boolean },
) {
  const { say } = props;
  return (
    <>
      <h1>{say.heading}</h1>
      <p class="lead">{say.lead}</p>
      <p>{say.address(<code>{props.issuer}</code>)}</p>
      <div class="actions">
        <a class="button" href="/account">
          {say.account}
        </a>
        {props.signUp && (
          <a class="button secondary" href="/sign-up">
            {say.signUp}
          </a>
        )}
      </div>
      <h2>{say.programs}</h2>
      <ul class="documents">
        {props.documents.map((document) => (
          <li>
            <a href={document.href}>{document.name}</a>
            <br />
            <span class="hint">{document.about}</span>
          </li>
        ))}
      </ul>
      {props.playground && <Playground say={say} />}
    </>
  );
}

/** Where a run of the playground comes back to. */
function PlaygroundPage({ say }: Say) {
  return (
    <>
      <h1>{say.playground.title}</h1>
      <Playground say={say} />
    </>
  );
}

/** What its script shows is in English: it names parts of protocols. */
function Playground({ say: { playground: say } }: Say) {
  return (
    <section aria-labelledby="playground-title">
      <h2 id="playground-title">{say.heading}</h2>
      <p>{say.what}</p>
      <noscript>
        <p class="notice">{say.noScript}</p>
      </noscript>
      <div class="actions">
        <button type="button" id="run" hidden>
          {say.run}
        </button>
      </div>
      <p id="progress" role="status" aria-live="polite"></p>
      <ol class="steps" id="steps"></ol>
    </section>
  );
}
