/**
 * The floor: a Worker that does only what no token endpoint can avoid. It reads the form, moves one row in one
 * conditional D1 batch, which also writes the token's record, and signs the same JWTs: an ES256 access token, and an
 * id_token where one is asked for. Client credentials move no row, and their record is written behind the response. No
 * validation, no client, no log.
 */
type Env = { DB: D1Database; SIGNING_KEY_1: string; SIGNING_KEY_2: string };

type Alg = 'ES256' | 'RS256';

const ALGORITHMS = {
  ES256: {
    key: 'SIGNING_KEY_1',
    import: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
  },
  RS256: {
    key: 'SIGNING_KEY_2',
    import: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    sign: { name: 'RSASSA-PKCS1-v1_5' },
  },
} as const;

const keys = new Map<Alg, Promise<CryptoKey>>();

const base64url = (bytes: ArrayBuffer | string) => Buffer.from(bytes as string).toString('base64url');

function keyOf(env: Env, alg: Alg): Promise<CryptoKey> {
  const algorithm = ALGORITHMS[alg];
  const key =
    keys.get(alg) ?? crypto.subtle.importKey('jwk', JSON.parse(env[algorithm.key]), algorithm.import, false, ['sign']);
  keys.set(alg, key);
  return key;
}

async function sign(env: Env, alg: Alg, typ: string, claims: object): Promise<string> {
  const text = `${base64url(`{"alg":"${alg}","typ":"${typ}","kid":"k"}`)}.${base64url(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign(ALGORITHMS[alg].sign, await keyOf(env, alg), Buffer.from(text));
  return `${text}.${base64url(signature)}`;
}

const recordOf = (env: Env, token: string, grant: string | null, now: number) =>
  env.DB.prepare('INSERT INTO tokens (id, grant_id, expires_at) VALUES (?, ?, ?)').bind(token, grant, now + 600_000);

/** Moves the row of a grant, and writes the record of its token. @returns false where there is none to move. */
async function move(env: Env, form: URLSearchParams, token: string, now: number): Promise<boolean> {
  const id = form.get('id');
  const first =
    form.get('grant_type') === 'refresh_token'
      ? env.DB.prepare('UPDATE grants SET generation = generation + 1 WHERE id = ? RETURNING generation').bind(id)
      : env.DB.prepare(
          'INSERT INTO grants (id, generation, expires_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING RETURNING generation',
        ).bind(id, now + 86_400_000);
  const [moved] = await env.DB.batch([first, recordOf(env, token, id, now)]);
  return moved?.results.length === 1;
}

export default {
  async fetch(request, env, context) {
    const form = new URLSearchParams(await request.text());
    const now = Date.now();
    const token = crypto.randomUUID();
    if (form.get('grant_type') === 'client_credentials') context.waitUntil(recordOf(env, token, null, now).run());
    else if (!(await move(env, form, token, now))) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const claims = { iss: 'floor', sub: 'user', aud: 'floor', jti: token, iat: now / 1000, exp: now / 1000 + 600 };
    const alg = form.get('id_token') as Alg | null;
    return Response.json({
      access_token: await sign(env, 'ES256', 'at+jwt', claims),
      token_type: 'Bearer',
      expires_in: 600,
      ...(alg && { id_token: await sign(env, alg, 'JWT', claims) }),
    });
  },
} satisfies ExportedHandler<Env>;
