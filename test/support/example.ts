/** `npm run example` beside the running Worker. */
import { inject } from 'vitest';
import { freePort, type Started, start } from './started.ts';

/** The ports of the examples, which call each other. */
export type Ports = { MCP_PORT: string; API_PORT: string; APP_PORT: string };

export async function freePorts(): Promise<Ports> {
  const ports = [await freePort(), await freePort(), await freePort()].map(String);
  return { MCP_PORT: ports[0] ?? '', API_PORT: ports[1] ?? '', APP_PORT: ports[2] ?? '' };
}

export function startExample(name: string, ports: Ports): Promise<Started> {
  const { url, stateFolder } = inject('worker');
  return start({ stateFolder, port: Number(new URL(url).port), parameters: [name], env: ports }, 'example');
}
