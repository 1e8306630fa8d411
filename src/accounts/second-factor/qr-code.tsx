/** A QR code (ISO/IEC 18004), drawn as SVG. The encoder is loaded for the one page that shows one. */

/** Modules of white space around the code: the standard requires four. */
const QUIET_ZONE = 4;

/** @returns the side of the code in modules, and the path that fills its dark ones. */
export async function encodeQrCode(text: string): Promise<{ side: number; path: string }> {
  // uqr: an encoder of ISO/IEC 18004 without dependencies; the error correction is not worth writing again.
  const { encode } = await import('uqr');
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const rows = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join(''));
  return { side: size, path: rows.join('') };
}

export function QrCode({ code, label }: { code: { side: number; path: string }; label: string }) {
  const { side, path } = code;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
