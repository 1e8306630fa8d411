/** The contents of the API reference, and of one API in it. */
import type { OpenApi } from '../http/api/openapi.ts';
import { PROBLEMS, problemId, REFERENCE } from '../http/api/problem-details.ts';
import type { ApiTable } from '../http/api/routes.ts';
import type { DescribedRoute } from './reference-page.tsx';
import type { ReferenceTexts } from './reference-schema.tsx';

export const OPENAPI_PATH = '/openapi.json';

/** The operations of a table, each with the resource that its path begins with, which names its reference page. */
export function operationsOf({ base, title }: ApiTable, document: OpenApi): DescribedRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(title))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
        resource: (path.slice(base.length) || base).split('/').find((part) => part !== '' && part !== 'api') ?? '',
      })),
  );
}

export const referencePath = ({ base }: ApiTable) => `${REFERENCE}/${base.split('/').at(-1)}`;

export function Contents({ texts, issuer, tables }: ReferenceTexts & { issuer: string; tables: readonly ApiTable[] }) {
  const code = (text: string) => <code>{text}</code>;
  return (
    <>
      <h1>{texts.title}</h1>
      <p class="lead">{texts.lead}</p>
      <ul class="documents">
        {[
          ...tables.map((table) => [referencePath(table), table.title, table.about]),
          [OPENAPI_PATH, ...texts.openApi],
        ].map(([href, name, about]) => (
          <li>
            <a href={href}>{name}</a>
            <br />
            <span class="hint">{about}</span>
          </li>
        ))}
      </ul>
      <h2>{texts.credentials.heading}</h2>
      <p>{texts.credentials.what}</p>
      <pre tabindex={0}>
        <code>{`curl ${issuer}/api/me -H "authorization: Bearer $TOKEN"\ncurl ${issuer}/api/me -u "$KEY:$SECRET"`}</code>
      </pre>
      <h2>{texts.refusals.heading}</h2>
      <p>
        {texts.refusals.what<string | ReturnType<typeof code>>(
          code('error'),
          code('error_description'),
          code('request_id'),
          code('Retry-After'),
        )}
      </p>
      <dl class="facts">
        {Object.entries(PROBLEMS).map(([name, title]) => (
          <>
            <dt id={problemId(name)}>
              <code>{name}</code>
            </dt>
            <dd>{title}</dd>
          </>
        ))}
      </dl>
    </>
  );
}

/** The operations of a table, each a link to its description. */
export function ApiSection({ texts, table, document }: ReferenceTexts & { table: ApiTable; document: OpenApi }) {
  return (
    <>
      <h1>{table.title}</h1>
      <p class="lead">{table.about}</p>
      <ul class="fields">
        {operationsOf(table, document).map(({ method, path, resource, operation }) => (
          <li>
            <a href={`${referencePath(table)}/${resource}#${operation.operationId}`}>
              {method} {path}
            </a>
            <span class="hint">{operation.summary}</span>
          </li>
        ))}
      </ul>
      <p>
        <a href={REFERENCE}>{texts.back}</a>
      </p>
    </>
  );
}
