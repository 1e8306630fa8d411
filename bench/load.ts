/** Eight callers at once, each waiting for its answer before it asks again. */
import { Agent, request } from 'node:http';
import { cpuOf, type Served } from './worker.ts';

export type Call = {
  path: string;
  form?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
};

/** One caller's next call; what was answered decides it. */
export type Caller = (previous: string | undefined) => Call | undefined;

export type Operation = {
  name: string;
  /** The server of the operation. Default: Postern. */
  of?: 'guarded';
  beside: 'floor' | 'empty' | 'guarded';
  postern: () => Promise<(index: number) => Caller>;
  other: () => Promise<(index: number) => Caller>;
};

export type Sample = { requests: number; seconds: number; cpuMs: number; latencies: number[] };

export const CALLERS = 8;

/** @throws Error at the first answer that is not a success: a fast failure is no result. */
export async function load(
  target: Pick<Served, 'url' | 'pids'>,
  newCaller: (index: number) => Caller,
  seconds: number,
): Promise<Sample> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const latencies: number[] = [];
  const cpu = cpuOf(target.pids);
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, index) => {
      const caller = newCaller(index);
      let answer: string | undefined;
      while (performance.now() < end) {
        const call = caller(answer);
        if (!call) break;
        const sent = performance.now();
        answer = await send(agent, target.url, call);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const sample = {
    requests: latencies.length,
    seconds: (performance.now() - began) / 1000,
    cpuMs: cpuOf(target.pids) - cpu,
    latencies,
  };
  agent.destroy();
  return sample;
}

/** @throws Error for an answer that is no success. */
export function send(agent: Agent | undefined, url: string, call: Call): Promise<string> {
  const { path, headers = {} } = call;
  const [type, body] = contentOf(call);
  const content = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asked = request(
      url + path,
      {
        ...(agent ? { agent } : {}),
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, ...content },
      },
      (response) => {
        let text = '';
        const { statusCode = 0 } = response;
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          statusCode >= 200 && statusCode < 300
            ? resolve(text)
            : reject(new Error(`${url}${path}: ${statusCode} ${text}`)),
        );
      },
    );
    asked.on('error', reject).end(body);
  });
}

function contentOf({ form, json }: Call): [type: string, body: string | undefined] {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  return ['application/x-www-form-urlencoded', form && new URLSearchParams(form).toString()];
}

export function merge(samples: Sample[]): Sample {
  return samples.reduce((sum, sample) => ({
    requests: sum.requests + sample.requests,
    seconds: sum.seconds + sample.seconds,
    cpuMs: sum.cpuMs + sample.cpuMs,
    latencies: [...sum.latencies, ...sample.latencies],
  }));
}

export function percentile(latencies: number[], share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
