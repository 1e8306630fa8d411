/** The websites of others, as the Worker under test sees them: what is not named here does not exist. */
import { vi } from 'vitest';

export type PretendWeb = {
  visits: string[];
  answers: Record<string, (request: Request) => Response | Promise<Response>>;
};

/** Answers the Worker's own requests. The stub is removed after the test. */
export function pretendWeb(answers: PretendWeb['answers']): PretendWeb {
  const web: PretendWeb = { visits: [], answers };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    web.visits.push(url);
    // The properties that the guard promises of every request.
    if (init?.redirect !== 'manual' || !init.signal) throw new Error('a request without its guards');
    const answer = web.answers[url] ?? web.answers[url.split('?')[0] ?? ''];
    if (!answer) throw new TypeError(`nothing answers at ${url}`);
    return answer(input instanceof Request ? input : new Request(url, init));
  });
  return web;
}

export const json = (content: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(typeof content === 'string' ? content : JSON.stringify(content), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
