/** The text of authorization codes and refresh tokens: a prefix for the type, the shard or grant, and the seal or MAC. */
import { type GrantId, parseGrantId, parseUserId, type Shard, type UserId } from './credentials.ts';

const GRANT_ID = '(g_[a-z0-9]{1,8}_[A-Za-z0-9]{22})';

const REFRESH_TOKEN = new RegExp(`^pr_${GRANT_ID}_(0|[1-9][0-9]{0,8})_(u_[A-Za-z0-9]{22})_([01])_([A-Za-z0-9_-]{43})$`);

const CODE = /^pc_([a-z0-9]{1,8})_([A-Za-z0-9_.-]{40,1480})$/;

/** The longest code, in characters: many clients accept no longer URL. */
export const MAX_CODE_LENGTH = 1500;

/** `pc_<shard>_<JWE>`. */
export function formatCode(shard: Shard, sealed: string): string {
  return `pc_${shard}_${sealed}`;
}

/** The parts of an authorization code; undefined for any other text. */
export function parseCode(code: string): { shard: Shard; sealed: string } | undefined {
  const [, shard, sealed] = CODE.exec(code) ?? [];
  return shard && sealed ? { shard, sealed } : undefined;
}

/** The content of a refresh token, covered by its MAC. */
export type RefreshTokenContent = {
  grant: GrantId;
  generation: number;
  /** Lets the user's row be read in parallel with the decision. */
  userId: UserId;
  /** True if `openid` was granted: an id_token may be issued. */
  openid: boolean;
};

/** The text that the MAC of a refresh token covers. */
export const refreshTokenBody = ({ grant, generation, userId, openid }: RefreshTokenContent): string =>
  `${grant}_${generation}_${userId}_${openid ? 1 : 0}`;

/** `pr_<grant id>_<generation>_<user id>_<openid>_<MAC>`. */
export function formatRefreshToken(content: RefreshTokenContent, mac: string): string {
  return `pr_${refreshTokenBody(content)}_${mac}`;
}

/** The content and MAC of a refresh token, not verified; undefined for any other text. */
export function parseRefreshToken(token: string): (RefreshTokenContent & { mac: string }) | undefined {
  const [, grantText, generation, user, openid, mac] = REFRESH_TOKEN.exec(token) ?? [];
  const [grant, userId] = [parseGrantId(grantText), parseUserId(user)];
  if (!grant || !generation || !userId || !mac) return undefined;
  return { grant, generation: Number(generation), userId, openid: openid === '1', mac };
}
