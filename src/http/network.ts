/** The network of a caller: what one household, host or customer has of the addresses. */

/** The network of one household or host, which has a whole /64 of IPv6 and can use each address once. */
export const networkOf = (address: string): string => prefixOf(address, 64);

/** The network of one customer, who may have a /48: 65,536 networks of /64. */
export const siteOf = (address: string): string => prefixOf(address, 48);

function prefixOf(address: string, bits: 48 | 64): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right];
  return `${groups
    .slice(0, bits / 16)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/${bits}`;
}
