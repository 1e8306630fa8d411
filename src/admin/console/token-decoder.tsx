/** GET and POST /console/tokens/decode: what a pasted access token says of itself. It is neither kept nor logged. */
import type { Context } from 'hono';
import type { Deps, Web } from '../../http/context.ts';
import type { Parameters } from '../../http/parameters.ts';
import { type GrantId, parseGrantId, parseTokenId, type TokenId } from '../../protocol/credentials.ts';
import { isJsonObject } from '../../protocol/json-object.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import { findToken } from '../../storage/grants/by-id.ts';
import { DescriptionList, ErrorMessage } from '../../ui/components.tsx';
import { HiddenFields, TextArea } from '../../ui/fields.tsx';
import { textsOf } from '../../ui/locale.ts';
import { Minute } from '../../ui/moment.tsx';
import { GRANT } from '../records/grant.ts';
import { ACCESS_TOKEN } from '../records/token.ts';
import { type ConsoleUser, consolePage } from './console-page.tsx';
import { recordAddress } from './record-parts.tsx';

export const DECODE = '/console/tokens/decode';

/** RFC 7519 §3: three parts, of which the first two are JSON. Nothing is believed of it here. */
function decoded(text: string): { header: object; claims: Record<string, unknown> } | undefined {
  const [header = '', claims = '', , more] = text.trim().split('.');
  if (more !== undefined || text.length > 20_000) return undefined;
  try {
    const parsed = [header, claims].map((part): unknown => JSON.parse(Buffer.from(part, 'base64url').toString()));
    const [one, two] = parsed;
    return isJsonObject(one) && isJsonObject(two) ? { header: one, claims: two } : undefined;
  } catch {
    return undefined;
  }
}

export const showDecode = (c: Context<Web>, here: ConsoleUser) => decodePage(c, here, undefined);

export const decode = (c: Context<Web>, here: ConsoleUser, form: Parameters) =>
  decodePage(c, here, form.one('token') ?? '');

/** The revocable records of a token: itself where it is on record, and its grant. */
type Revocable = { jti: TokenId | undefined; grant: GrantId | undefined };

async function revocableBy({ databases }: Deps, claims: Record<string, unknown>): Promise<Revocable> {
  const jti = parseTokenId(claims.jti);
  const isRecorded = jti !== undefined && (await findToken(databases, jti)) !== undefined;
  return { jti: isRecorded ? jti : undefined, grant: parseGrantId(claims.grant) };
}

async function decodePage(c: Context<Web>, here: ConsoleUser, text: string | undefined) {
  const say = textsOf(c, 'consoleTokens').decode;
  const deps = c.get('deps');
  const token = text === undefined ? undefined : decoded(text);
  const isWrong = text !== undefined && !token;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'tokens', status: isWrong ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <ErrorMessage>{isWrong && say.problem}</ErrorMessage>
      <p>{say.lead}</p>
      {token && <TokenDescription {...token} say={say} now={deps.moment.now} />}
      {token && here.mayChange && <Revocations {...(await revocableBy(deps, token.claims))} say={say} />}
      {here.mayChange && (
        <form class="stack" method="post" action={DECODE}>
          <HiddenFields formToken={here.formToken} />
          <TextArea name="token" label={say.token} value="" />
          <button type="submit">{say.submit}</button>
        </form>
      )}
    </>,
  );
}

type DecodeTexts = ReturnType<typeof textsOf<'consoleTokens'>>['decode'];

type TokenDescriptionProps = NonNullable<ReturnType<typeof decoded>> & { say: DecodeTexts; now: number };

function TokenDescription({ header, claims, say, now }: TokenDescriptionProps) {
  const exp = typeof claims.exp === 'number' ? claims.exp * SECOND : undefined;
  return (
    <>
      <p class="warning">{say.unproven}</p>
      <DescriptionList
        facts={[
          [
            exp !== undefined && exp <= now ? say.ended : say.ends,
            exp === undefined ? undefined : <Minute time={exp} />,
          ],
        ]}
      />
      <h2>{say.header}</h2>
      <pre>
        <code>{JSON.stringify(header, null, 2)}</code>
      </pre>
      <h2>{say.claims}</h2>
      <pre>
        <code>{JSON.stringify(claims, null, 2)}</code>
      </pre>
    </>
  );
}

const Revocations = ({ jti, grant, say }: Revocable & { say: DecodeTexts }) => (
  <>
    {jti && (
      <p>
        <a href={recordAddress(ACCESS_TOKEN, { id: jti }, '/revoke')}>{say.revoke}</a>
      </p>
    )}
    {grant && (
      <p>
        <a href={recordAddress(GRANT, { id: grant }, '/revoke')}>{say.revokeGrant}</a>
      </p>
    )}
  </>
);
