/** The context of a request, and what goes on behind its response. */
import { createExecutionContext } from 'cloudflare:test';

export type RequestContext = {
  context: ExecutionContext;
  /** Waits for what goes on behind the response. @throws what was thrown there first. */
  finish: () => Promise<void>;
};

/** A context without the timers by which `waitOnExecutionContext` watches each request: a test has its own time limit. */
export function newRequestContext(): RequestContext {
  const behind: Promise<unknown>[] = [];
  const context = createExecutionContext();
  context.waitUntil = (work) => void behind.push(work);
  async function finish() {
    while (behind.length > 0) {
      const failed = (await Promise.allSettled(behind.splice(0))).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }
  return { context, finish };
}
