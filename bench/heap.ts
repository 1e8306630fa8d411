/** The heap of a Worker's isolate, by the inspector of workerd. */
import type { Served } from './worker.ts';

/** @returns the used heap after a forced collection, in KiB; NaN where the inspector does not answer within ten seconds. */
export const heapOf = (served: Served): Promise<number> =>
  Promise.race([readHeap(served), new Promise<number>((resolve) => setTimeout(resolve, 10_000, Number.NaN))]);

async function readHeap({ miniflare, url }: Served): Promise<number> {
  const { origin, host } = await miniflare.getInspectorURL();
  const targets = (await (await fetch(`${origin.replace('ws', 'http')}/json`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? `ws://${host}`);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let id = 0;
  const send = (method: string) =>
    new Promise<Record<string, number>>((resolve) => {
      const own = ++id;
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { id?: number; result?: Record<string, number> };
        if (message.id === own) resolve(message.result ?? {});
      });
      socket.send(JSON.stringify({ id: own, method }));
    });
  await send('Runtime.enable');
  await send('HeapProfiler.enable');
  // The answer waits until the isolate has something to do.
  await Promise.all([send('HeapProfiler.collectGarbage'), fetch(`${url}/.well-known/jwks.json`)]);
  const { usedSize = Number.NaN } = await send('Runtime.getHeapUsage');
  socket.close();
  return usedSize / 1024;
}
