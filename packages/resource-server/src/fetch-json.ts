/** One request to the issuer, bounded in time and size. The developer of the resource server configured its address. */

const TIMEOUT_MS = 5000;
const LARGEST = 64 * 1024;

/** @throws Error for a response other than 200 with JSON. `freshFor` is in milliseconds (RFC 9111 §5.2.2.1). */
export async function fetchJson(
  url: string,
  init: RequestInit = {},
): Promise<{ content: unknown; freshFor: number | undefined }> {
  // RFC 8414 §3.3 and RFC 9068 §4 rest on TLS; http is accepted on loopback only.
  if (!/^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])/.test(url)) throw new Error(`${url} is not https`);
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    // No other server may respond for it.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = response.status === 200 ? await textOf(response) : undefined;
  if (text === undefined) throw new Error(`${url} answered ${response.status}`);
  return { content: JSON.parse(text), freshFor: freshFor(response.headers.get('cache-control') ?? '') };
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST) throw new Error(`${response.url} is longer than ${LARGEST} bytes`);
  }
  return text;
}

function freshFor(cacheControl: string): number | undefined {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return 0;
  const seconds = /\bmax-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
