/** GET and POST /console/tokens/decode: what a pasted access token says of itself. It is neither kept nor logged. */
import type { Context } from 'hono';
import type { TokenId } from '../../protocol/credentials.ts';
import { SECOND } from '../../protocol/lifetimes.ts';
import type { Web } from '../../web/context.ts';
import { Hidden, TextArea } from '../../web/fields.tsx';
import type { Parameters } from '../../web/parameters.ts';
import { Facts, Minute, Problem } from '../../web/pieces.tsx';
import { wordsOf } from '../../web/words.ts';
import { consolePage, type Operator } from './frame.tsx';
import { addressOf } from './list.tsx';

export const DECODE = '/console/tokens/decode';

/** RFC 7519 §3: three parts, of which the first two are JSON. Nothing is believed of it here. */
function decoded(text: string): { header: object; claims: Record<string, unknown> } | undefined {
  const [header = '', claims = '', , more] = text.trim().split('.');
  if (more !== undefined || text.length > 20_000) return undefined;
  try {
    const parsed = [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown);
    const [one, two] = parsed;
    if (typeof one !== 'object' || typeof two !== 'object' || !one || !two) return undefined;
    return { header: one, claims: two as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

export const showDecode = (c: Context<Web>, here: Operator) => decodePage(c, here, undefined);

export const decode = (c: Context<Web>, here: Operator, form: Parameters) =>
  decodePage(c, here, form.one('token') ?? '');

function decodePage(c: Context<Web>, here: Operator, text: string | undefined) {
  const say = wordsOf(c, 'consoleTokens').decode;
  const token = text === undefined ? undefined : decoded(text);
  const isWrong = text !== undefined && !token;
  return consolePage(
    c,
    here,
    { title: say.title, section: 'tokens', status: isWrong ? 400 : 200 },
    <>
      <h1>{say.title}</h1>
      <Problem>{isWrong && say.problem}</Problem>
      <p>{say.lead}</p>
      {token && <Decoded {...token} here={here} say={say} now={c.get('deps').moment.now} />}
      {here.mayChange && (
        <form class="stack" method="post" action={DECODE}>
          <Hidden formToken={here.formToken} />
          <TextArea name="token" label={say.token} value="" />
          <button type="submit">{say.submit}</button>
        </form>
      )}
    </>,
  );
}

type Shown = NonNullable<ReturnType<typeof decoded>> & {
  here: Operator;
  say: ReturnType<typeof wordsOf<'consoleTokens'>>['decode'];
  now: number;
};

function Decoded({ header, claims, say, now }: Shown) {
  const exp = typeof claims.exp === 'number' ? claims.exp * SECOND : undefined;
  const jti = typeof claims.jti === 'string' ? (claims.jti as TokenId) : undefined;
  return (
    <>
      <p class="warning">{say.unproven}</p>
      <Facts
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
      {jti?.startsWith('t_') && (
        <p>
          <a href={addressOf('/console/tokens/end', { token: jti })}>{say.revoke}</a>
        </p>
      )}
    </>
  );
}
