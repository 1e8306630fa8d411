/**
 * The floor: a Worker that does only what no token endpoint can avoid. It reads the form, moves one row in one
 * conditional D1 batch, which also writes the token's record, and signs one ES256 JWT. No validation, no client, no log.
 */
type Env = { DB: D1Database; SIGNING_KEY_1: string };

let key: Promise<CryptoKey> | undefined;

const base64url = (bytes: ArrayBuffer | string) => Buffer.from(bytes as string).toString('base64url');

async function sign(env: Env, claims: object): Promise<string> {
  key ??= crypto.subtle.importKey('jwk', JSON.parse(env.SIGNING_KEY_1), { name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const text = `${base64url('{"alg":"ES256","typ":"at+jwt","kid":"k"}')}.${base64url(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, await key, Buffer.from(text));
  return `${text}.${base64url(signature)}`;
}

export default {
  async fetch(request, env) {
    const form = new URLSearchParams(await request.text());
    const now = Date.now();
    const token = crypto.randomUUID();
    const id = form.get('id');
    const record = env.DB.prepare('INSERT INTO tokens (id, grant_id, expires_at) VALUES (?, ?, ?)');
    const first =
      form.get('grant_type') === 'refresh_token'
        ? env.DB.prepare('UPDATE grants SET generation = generation + 1 WHERE id = ? RETURNING generation').bind(id)
        : env.DB.prepare(
            'INSERT INTO grants (id, generation, expires_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING RETURNING generation',
          ).bind(id, now + 86_400_000);
    const [moved] = await env.DB.batch([first, record.bind(token, id, now + 600_000)]);
    if (moved?.results.length !== 1) return Response.json({ error: 'invalid_grant' }, { status: 400 });
    const claims = { iss: 'floor', sub: 'user', aud: 'floor', jti: token, iat: now / 1000, exp: now / 1000 + 600 };
    return Response.json({ access_token: await sign(env, claims), token_type: 'Bearer', expires_in: 600 });
  },
} satisfies ExportedHandler<Env>;
