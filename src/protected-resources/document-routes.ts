/** Role 2: the resource server. Its metadata documents (RFC 9728), by path. */
import { type Context, Hono } from 'hono';
import type { Web } from '../http/context.ts';
import { sendDocument, writeDocument } from '../http/document.ts';
import { errorJson, methodNotAllowed } from '../http/error-response.ts';
import { requireSetting } from '../http/require-setting.ts';
import { WELL_KNOWN } from '../protocol/endpoints.ts';
import { OAuthError } from '../protocol/oauth-error.ts';
import { type ResourceRegistry, registeredIdentifier, resolveResource } from '../protocol/resource.ts';
import { registryFreshFor } from '../storage/server/resources.ts';
import { settingsFreshFor } from '../storage/server/settings.ts';
import { resourceMetadata } from './metadata.ts';

/** The metadata documents, at the root and, for a resource with a path, with that path behind it (RFC 9728 §3.1). */
export function resourceDocuments() {
  const app = new Hono<Web>();
  app.onError((error, c) => errorJson(c, error));
  for (const path of [WELL_KNOWN.protectedResource, `${WELL_KNOWN.protectedResource}/*`]) {
    app.use(path, requireSetting('show_protected_resource_metadata'));
    app.get(path, async (c) => {
      const { config, settings, registry, moment } = c.get('deps');
      const [known, registered] = await Promise.all([settings(), registry()]);
      const resource = describedResource(resourceAsked(c), config.issuer, registered);
      const freshFor = Math.min(settingsFreshFor(moment.now), registryFreshFor(moment.now));
      return sendDocument(c, writeDocument(resourceMetadata(config, known, registered, resource)), freshFor);
    });
    app.all(path, methodNotAllowed('GET'));
  }
  return app;
}

/** The resource behind the well-known part; one on another origin, whose document that origin passes on, by name. */
function resourceAsked(c: Context<Web>): string {
  const { pathname } = new URL(c.req.url);
  const path = pathname.slice(WELL_KNOWN.protectedResource.length);
  return (path === '' ? c.req.query('resource') : undefined) ?? c.get('deps').config.issuer + path;
}

/**
 * The identifier that was asked for, byte for byte.
 * @throws OAuthError not_found for what is not known here, or is registered under another form of it.
 */
function describedResource(asked: string, issuer: string, registry: ResourceRegistry): string {
  // RFC 9728 §3.3: the "resource" value returned MUST be identical to the protected resource's resource identifier value
  // into which the well-known URI path suffix was inserted.
  const isExact = (identifier: string) =>
    asked === identifier ||
    // Below this server, what nobody registered has both forms.
    (identifier !== issuer && registeredIdentifier(asked, registry) === undefined && asked === `${identifier}/`);
  try {
    if (isExact(resolveResource(asked, issuer, registry))) return asked;
  } catch (cause) {
    throw new OAuthError('not_found', 'this resource is not known here.', { cause });
  }
  throw new OAuthError('not_found', 'this resource is known here by another identifier.');
}
