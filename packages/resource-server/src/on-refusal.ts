/** The refusals that the hook of a guard receives. Types only, for the package. */

export type RefusedRequest = {
  /** One line of at most 300 printable characters. The sender of a token may control parts of it. */
  reason: string;
  /** The code and status of the response; none where the request was accepted with cached keys. */
  error?: string;
  status?: number;
};

/** Receives each reason once an hour. */
export type OnRefusal = (refused: RefusedRequest) => void;
