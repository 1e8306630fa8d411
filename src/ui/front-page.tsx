/** GET / and /playground: the front page with links to the published documents, and the OAuth playground. */
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { REFERENCE } from '../http/api/problem-details.ts';
import type { Web } from '../http/context.ts';
import { methodNotAllowed } from '../http/error-response.ts';
import type { Texts } from '../locales/index.ts';
import { ENDPOINTS, WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import type { Settings } from '../protocol/settings.ts';
import { BRAND_LOGO, BRAND_STYLESHEET, brandLogo, brandStylesheet } from './brand.ts';
import { errorPage } from './error-page.tsx';
import { textsOf } from './locale.ts';
import { page } from './page.tsx';
import { Playground, PlaygroundPage, type PlaygroundTexts } from './playground.tsx';

type DocumentLink = { href: string; name: string; about: string };
type FrontTexts = { texts: Texts['front'] };

const SCRIPT = '/playground.js';

/** @param playgroundIsEnabled passed in by app.ts: the playground's client belongs to the authorization server. */
export function frontPageRoutes(playgroundIsEnabled: (config: Config, settings: Settings) => boolean) {
  const app = new Hono<Web>();
  app.onError((error, c) => errorPage(c, error));
  app.get('/', async (c) => {
    const { config } = c.get('deps');
    const settings = await c.get('deps').settings();
    const playground = playgroundIsEnabled(config, settings);
    // Before the texts of the page, which set its language.
    const playgroundTexts = textsOf(c, 'playground');
    const texts = textsOf(c, 'front');
    return page(
      c,
      { title: texts.title, wide: true, ...(playground ? { scripts: [SCRIPT] } : {}) },
      <FrontPage
        issuer={config.issuer}
        documents={documents(settings, texts.documents)}
        texts={texts}
        playground={playground ? playgroundTexts : undefined}
        signUp={settings.sign_up === 'allow'}
      />,
    );
  });
  app.get('/playground', async (c) => {
    const { config } = c.get('deps');
    if (!playgroundIsEnabled(config, await c.get('deps').settings())) {
      throw new OAuthError('not_found', 'the playground is disabled.');
    }
    const texts = textsOf(c, 'playground');
    return page(
      c,
      { title: texts.title, wide: true, again: null, scripts: [SCRIPT] },
      <PlaygroundPage texts={texts} />,
    );
  });
  app.get(BRAND_STYLESHEET, brandStylesheet).all(BRAND_STYLESHEET, methodNotAllowed('GET'));
  app.get(BRAND_LOGO, brandLogo).all(BRAND_LOGO, methodNotAllowed('GET'));
  return app.all('/', methodNotAllowed('GET')).all('/playground', methodNotAllowed('GET'));
}

/** The documents that the settings publish. */
function documents(settings: Settings, texts: Texts['front']['documents']): DocumentLink[] {
  const link = (href: string, [name, about]: readonly [string, string]) => ({ href, name, about });
  return [
    ...(settings.show_auth_server_metadata
      ? [
          link(WELL_KNOWN.authorizationServer, texts.server),
          link(WELL_KNOWN.openidConfiguration, texts.openidConfiguration),
        ]
      : []),
    ...(settings.show_protected_resource_metadata ? [link(WELL_KNOWN.protectedResource, texts.resource)] : []),
    link(REFERENCE, texts.reference),
    link(ENDPOINTS.jwks_uri, texts.keys),
  ];
}

function FrontPage(
  props: FrontTexts & {
    issuer: string;
    documents: readonly DocumentLink[];
    playground: PlaygroundTexts | undefined;
    signUp: boolean;
  },
) {
  const { texts } = props;
  return (
    <>
      <h1>{texts.heading}</h1>
      <p class="lead">{texts.lead}</p>
      <p>{texts.address(<code>{props.issuer}</code>)}</p>
      <div class="actions">
        <a class="button" href="/account">
          {texts.account}
        </a>
        {props.signUp && (
          <a class="button secondary" href="/sign-up">
            {texts.signUp}
          </a>
        )}
      </div>
      <h2>{texts.programs}</h2>
      <ul class="documents">
        {props.documents.map((document) => (
          <li>
            <a href={document.href}>{document.name}</a>
            <br />
            <span class="hint">{document.about}</span>
          </li>
        ))}
      </ul>
      {props.playground && <Playground texts={props.playground} />}
    </>
  );
}
