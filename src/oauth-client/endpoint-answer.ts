/**
 * Answers of the endpoints that this server calls as a client, converted to their specifications: empty optional members
 * are omitted, required ones stay as they are, and a refusal has a code wherever one can be read.
 */
import { isJsonObject } from '../protocol/json-object.ts';
import type { TokenAnswer } from '../providers/provider.ts';
import { ANSWERS, type AnswerKind, type AnswerName } from './answer-members.ts';
import { ProviderFailure } from './provider-failure.ts';
import { isRetryableStatus, readRefusal } from './refusal.ts';

/**
 * The answer as a JSON response that a client library reads.
 * @param conform converts an answer that differs from the specification.
 * @throws ProviderFailure where it is neither the requested answer nor a refusal with a code.
 */
export async function conformingResponse(
  host: string,
  response: Response,
  name: AnswerName,
  conform: (answer: TokenAnswer) => TokenAnswer = (answer) => answer,
): Promise<Response> {
  const { missing, members, status }: AnswerKind = ANSWERS[name];
  const text = await response.text();
  const body = objectIn(text);
  const answer = body && conform({ status: response.status, body });
  const answered = answer?.status ?? response.status;
  const isSuccess = answered >= 200 && answered < 300;
  const missingMember = missing(answer?.body);
  if (isSuccess && answer && missingMember === undefined) return asJson(response, status, members(answer.body));
  const refusal = readRefusal(answered, answer?.body, text);
  const { code, description } = refusal;
  if (code !== undefined && !isRetryableStatus(answered) && (isSuccess || answered >= 400)) {
    const error = { error: code, ...(description !== undefined && { error_description: description }) };
    return asJson(response, isSuccess ? 400 : answered, error);
  }
  throw failureOf(host, response, refusal, missingMember);
}

/** The failure of an answer that is neither a success nor an OAuth error: its status, and what can be read of it. */
function failureOf(
  host: string,
  response: Response,
  refusal: ReturnType<typeof readRefusal>,
  missingMember: string | undefined,
): ProviderFailure {
  const { status, code, description } = refusal;
  const detail = [code, description].filter((word) => word !== undefined).join(', ');
  const suffix = detail === '' ? '' : `: ${detail.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200)}`;
  if (isRetryableStatus(status))
    return new ProviderFailure('unreachable', `${host} answered ${status}${suffix}`, { refusal });
  if (status < 300)
    return new ProviderFailure(
      'unusable',
      `${host} sent an answer that cannot be used: ${status} without ${missingMember}${suffix}`,
      {
        ...(isPage(response) ? {} : { refusal }),
      },
    );
  const isRefusal = REFUSING.includes(status) && !isPage(response);
  const message = `${host} answered ${status}, which is no error of OAuth${suffix}`;
  return new ProviderFailure(isRefusal ? 'refused' : 'unusable', message, { status, ...(isRefusal && { refusal }) });
}

/** The statuses of a refusal; others (404, 405, a redirect) mean a wrong address. */
const REFUSING = [400, 401, 403, 410, 422];

/** True for an HTML page, which comes from a proxy before the endpoint. */
const isPage = ({ headers }: Response) => (headers.get('content-type') ?? '').includes('html');

function asJson(response: Response, status: number, body: Record<string, unknown>): Response {
  const headers = new Headers({ 'content-type': 'application/json' });
  const nonce = response.headers.get('dpop-nonce');
  if (nonce !== null) headers.set('dpop-nonce', nonce);
  return new Response(JSON.stringify(body), { status, headers });
}

/** The object in a body, as JSON or as a form, whatever its content type is. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : undefined;
  } catch {
    const isForm = /(^|&)(access_token|error)=/.test(text) && !/[\s<]/.test(text.trim());
    return isForm ? Object.fromEntries(new URLSearchParams(text.trim())) : undefined;
  }
}
