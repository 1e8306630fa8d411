/** Eight callers at once, each waiting for its answer before it asks again. */
import { Agent, request } from 'node:http';
import { cpuOf, type Served } from './worker.ts';

export type Call = { path: string; form?: Record<string, string>; headers?: Record<string, string> };

/** One caller's next call; what was answered decides it. */
export type Caller = (previous: string | undefined) => Call;

export type Sample = { requests: number; seconds: number; cpuMs: number; latencies: number[] };

export const CALLERS = 8;

/** @throws Error at the first answer that is not a success: a fast failure is no result. */
export async function load(target: Served, newCaller: (index: number) => Caller, seconds: number): Promise<Sample> {
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

export function send(agent: Agent | undefined, url: string, { path, form, headers = {} }: Call): Promise<string> {
  const body = form && new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const asked = request(
      url + path,
      {
        ...(agent ? { agent } : {}),
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...headers,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${response.statusCode} ${text}`)),
        );
      },
    );
    asked.on('error', reject).end(body);
  });
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
