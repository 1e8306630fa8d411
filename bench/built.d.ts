/** The built Worker beside `world-worker.ts`, when that runs. */
declare const worker: {
  fetch: (request: Request, env: Record<string, unknown>, context: ExecutionContext) => Promise<Response>;
};
export default worker;
